import type { Counterpart } from '../interop/counterpart.ts';
import { read, skip, sql, table, write } from '../spark.ts';

export const spark: Counterpart = {
  name: 'Spark',
  skip,
  read,
  find: async (root, conditions) => {
    const found = conditions.map(
      (where, index) => `SELECT ${index} AS i, id FROM ${table(root)} WHERE ${where}`,
    );
    const { rows } = await sql(found.join(' UNION ALL '));
    return conditions.map((_, index) =>
      rows.filter(({ i }) => (i as { int: string }).int === String(index)).map(({ id }) => id as string),
    );
  },
  judge: async (root, conditions) => {
    const held = conditions.map((condition, index) => `(${condition}) AS c${index}`);
    const { rows } = await sql(`SELECT id, ${held.join(', ')} FROM ${table(root)}`);
    return conditions.map((_, index) => rows.filter((row) => row[`c${index}`]).map(({ id }) => id as string));
  },
  copy: (from, to, partitionBy = []) => write(to, { query: `SELECT * FROM ${table(from)}`, partitionBy }),
  append: (from, to) => write(to, { query: `SELECT * FROM ${table(from)}` }),
  remove: async (root, where) => void (await sql(`DELETE FROM ${table(root)} WHERE ${where}`)),
};

/** Small public collections with judgements, beside this repository or in $COLLECTIONS: what is not there is left out, and said. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';

const COLLECTIONS = ['cranfield', 'cacm'];
const SHARED = process.env.COLLECTIONS ?? join(import.meta.dirname, '..', '..', 'shared', 'data');

export async function collections(): Promise<{ name: string; directory: string }[]> {
  const found: { name: string; directory: string }[] = [];
  for (const name of COLLECTIONS) {
    const directory = join(SHARED, name);
    const isThere = await access(directory).then(
      () => true,
      () => false,
    );
    if (isThere) found.push({ name, directory });
    else console.log(`${name}: skipped, ${directory} is not there`);
  }
  return found;
}

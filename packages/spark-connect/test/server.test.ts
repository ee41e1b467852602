import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { nightly } from '../../../engines/nightly.ts';
import {
  connect,
  type DataType,
  literal,
  type Parameter,
  type Progress,
  type Session,
  SessionLostError,
  SparkConnectError,
  SparkError,
  UnauthenticatedError,
  UnavailableError,
} from '../src/index.ts';
import { cutProxy } from './cut-proxy.ts';
import { open, port, rows, skip, url } from './server.ts';

const run = promisify(execFile);

describe('on a real server', { skip }, () => {
  let session: Session;
  let folder: string;

  before(async () => {
    session = await open();
    folder = await mkdtemp(join(tmpdir(), 'spark-connect-test-'));
    await session.config.set({ 'spark.sql.shuffle.partitions': '2' });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const one = async (query: string, parameters: Record<string, Parameter> = {}) => {
    const [row] = await rows(session.sql(query, parameters));
    return Object.values(row!)[0];
  };

  test('the example of the README runs as it is written, and prints what the README says', async () => {
    const packageFolder = dirname(import.meta.dirname);
    const readme = await readFile(join(packageFolder, 'README.md'), 'utf8');
    const [, example, output] = /```ts\n(.*?)```.*?```text\n(.*?)```/s.exec(readme)!;
    const project = join(folder, 'readme');
    await mkdir(join(project, 'node_modules', '@throughline'), { recursive: true });
    await symlink(packageFolder, join(project, 'node_modules', '@throughline', 'spark-connect'));
    const path = join(folder, 'by-topic');
    await writeFile(join(project, 'example.mts'), example!.replace('/tmp/by-topic', path)); // not into the machine's own folder
    const { stdout } = await run(process.execPath, ['example.mts', url], { cwd: project });
    assert.equal(stdout, output);
  });

  test('a session knows the version of its server', () => {
    assert.match(session.version, /^4\.\d+\.\d+/);
  });

  describe('types', () => {
    /** Spark's own spelling of a value, its type, and what rows() gives. */
    const VALUES: [string, DataType, unknown][] = [
      ['TRUE', 'boolean', true],
      ['CAST(-128 AS TINYINT)', 'byte', -128],
      ['CAST(32767 AS SMALLINT)', 'short', 32_767],
      ['-2147483648', 'integer', -(2 ** 31)],
      ['9223372036854775807L', 'long', 2n ** 63n - 1n],
      ["CAST('-9223372036854775808' AS BIGINT)", 'long', -(2n ** 63n)],
      ["CAST('3.4028235E38' AS FLOAT)", 'float', Math.fround(3.4028235e38)],
      ["CAST('-0.0' AS DOUBLE)", 'double', -0],
      ["CAST('NaN' AS DOUBLE)", 'double', Number.NaN],
      ["CAST('-Infinity' AS DOUBLE)", 'double', -Infinity],
      ["CAST('5E-324' AS DOUBLE)", 'double', 5e-324],
      ["CAST('-0.05' AS DECIMAL(10,2))", 'decimal(10,2)', '-0.05'],
      [`CAST('-${'9'.repeat(38)}' AS DECIMAL(38,0))`, 'decimal(38,0)', `-${'9'.repeat(38)}`],
      ["'Zürich 🚠 \\u2028'", 'string', 'Zürich 🚠 \u2028'],
      ["''", 'string', ''],
      ["X'00ff27'", 'binary', new Uint8Array([0, 255, 39])],
      ["DATE'1969-12-31'", 'date', -1],
      ["TIMESTAMP'1969-12-31T23:59:59.999999Z'", 'timestamp', -1n],
      ["TIMESTAMP'2024-02-29T12:00:00.000001+01:00'", 'timestamp', 1_709_204_400_000_001n],
      ["TIMESTAMP_NTZ'2024-02-29 12:00:00.000001'", 'timestamp_ntz', 1_709_208_000_000_001n],
      ["INTERVAL '1-2' YEAR TO MONTH", 'interval year to month', 14],
      ["INTERVAL '1 00:00:00.5' DAY TO SECOND", 'interval day to second', 86_400_500_000n],
      ['NULL', 'void', null],
    ];

    for (const [sql, type, value] of VALUES) {
      test(`${sql.slice(0, 60)} is a ${type}`, async () => {
        const relation = session.sql(`SELECT ${sql} AS v`);
        const { fields } = await relation.schema();
        assert.deepEqual(
          fields.map((field) => field.type),
          [type],
        );
        assert.deepStrictEqual(await rows(relation), [{ v: value }]);
      });
    }

    const NESTED: DataType = {
      type: 'struct',
      fields: [
        {
          name: 'a b`',
          type: { type: 'array', elementType: 'long', containsNull: true },
          nullable: true,
          metadata: {},
        },
        {
          name: 'm',
          type: { type: 'map', keyType: 'string', valueType: 'decimal(5,2)', valueContainsNull: true },
          nullable: true,
          metadata: {},
        },
      ],
    };
    const PARAMETERS: [DataType, unknown][] = [
      ...VALUES.filter(([, type]) => !String(type).startsWith('interval')).map(
        ([, type, value]): [DataType, unknown] => [type, value],
      ),
      ['float', Math.fround(0.1)],
      ['timestamp_ntz', -62_135_596_800_000_000n],
      ['date', -719_162],
      [{ type: 'array', elementType: 'string', containsNull: true }, ["it's", null, '\\', '']],
      [{ type: 'array', elementType: 'integer', containsNull: true }, []],
      [{ type: 'map', keyType: 'integer', valueType: 'boolean', valueContainsNull: true }, []],
      [
        NESTED,
        {
          'a b`': [1n, null],
          m: [
            ['x', '1.50'],
            ['y', null],
          ],
        },
      ],
      [NESTED, { 'a b`': null, m: null }],
    ];

    for (const [type, value] of PARAMETERS) {
      for (const given of value === null ? [value] : [value, null]) {
        test(`a parameter of ${JSON.stringify(type).slice(0, 60)} comes back: ${show(given)}`, async () => {
          const relation = session.sql('SELECT :p AS v', { p: literal(type, given) });
          assert.deepStrictEqual(await rows(relation), [{ v: given }]);
          const { fields } = await relation.schema();
          assert.deepEqual(withoutNullability(fields[0]!.type), withoutNullability(type));
        });
      }
    }

    test('nulls among values keep their place', async () => {
      const query = `SELECT IF(id % 3 = 0, NULL, id) AS l, IF(id % 2 = 0, NULL, CAST(id AS STRING)) AS s,
        IF(id % 5 = 0, NULL, id > 5) AS b, IF(id % 4 = 0, NULL, array(id, NULL)) AS a FROM range(20) ORDER BY id`;
      const expected = Array.from({ length: 20 }, (_, id) => ({
        l: id % 3 === 0 ? null : BigInt(id),
        s: id % 2 === 0 ? null : String(id),
        b: id % 5 === 0 ? null : id > 5,
        a: id % 4 === 0 ? null : [BigInt(id), null],
      }));
      assert.deepStrictEqual(await rows(session.sql(query)), expected);
    });

    test('times do not depend on the session zone', async () => {
      const other = await open();
      await other.config.set({ 'spark.sql.session.timeZone': 'Asia/Kathmandu' });
      const at = new Date('2024-03-01T00:00:00.123Z');
      const micros = BigInt(at.getTime()) * 1000n;
      const query = 'SELECT :a AS a, :b AS b';
      const given = { a: at, b: literal('timestamp_ntz', at) };
      assert.deepEqual(await rows(other.sql(query, given)), [{ a: micros, b: micros }]);
    });

    test('an empty result has a schema and no rows', async () => {
      const relation = session.sql('SELECT 1 AS a WHERE FALSE');
      assert.deepEqual(await rows(relation), []);
      assert.equal((await relation.schema()).fields[0]!.name, 'a');
    });
  });

  describe('parameters', () => {
    test('are values, whatever they hold', async () => {
      for (const text of [
        "' OR 1=1 --",
        "'; DROP TABLE t; --",
        '\\',
        "\\'",
        '`',
        '/*',
        ':q',
        '\n',
        '$$',
        "r'",
      ]) {
        assert.equal(await one('SELECT :p AS p', { p: text }), text);
      }
    });

    test('are found where they are markers and nowhere else', async () => {
      const query = `SELECT ':p' AS a, ":p\\"" AS b, r'\\' || :p AS c, /* ':p /* :p */ ' */ -- ' :p
        '1'::INT AS d, 5 -:n AS e, named_struct('x', :p).x AS f, \`:p\` AS g FROM (SELECT 7 AS \`:p\`)`;
      const expected = { a: ':p', b: ':p"', c: '\\v', d: 1, e: 10, f: 'v', g: 7 };
      assert.deepEqual(await rows(session.sql(query, { p: 'v', n: -5, INT: 9 })), [expected]);
    });

    test('stand where only literals may', async () => {
      const table = join(folder, 'named');
      await session.execute('CREATE TABLE named (a INT) USING parquet LOCATION :path', { path: table });
      await session.execute('INSERT INTO IDENTIFIER(:t) VALUES (:v)', { t: 'named', v: 3 });
      assert.deepEqual(await rows(session.sql('SELECT * FROM named LIMIT :n', { n: 1 })), [{ a: 3 }]);
      await session.execute('DROP TABLE named');
    });

    test('that are missing are refused by the server', async () => {
      await assert.rejects(rows(session.sql('SELECT :a, :b', { a: 1 })), { code: 'UNBOUND_SQL_PARAMETER' });
    });
  });

  describe('results', () => {
    const ROWS = 1_500_000;

    test('of any size are streamed with flat memory, though the server ends its streams', async (t) => {
      const relation = session.sql(
        `SELECT id, sha2(CAST(id AS STRING), 256) AS hash FROM range(0, ${ROWS}, 1, 4)`,
      );
      let count = 0;
      let sum = 0n;
      let bytes = 0;
      let peak = 0;
      const began = performance.now();
      for await (const batch of relation.batches()) {
        count += batch.numRows;
        const ids = batch.getChildAt(0)!.toArray() as BigInt64Array;
        for (const id of ids) sum += id;
        bytes += batch.data.byteLength;
        const { external, heapUsed } = process.memoryUsage();
        peak = Math.max(peak, external + heapUsed);
      }
      const seconds = (performance.now() - began) / 1000;
      t.diagnostic(
        `${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s, peak ${(peak / 1e6).toFixed(0)} MB`,
      );
      assert.equal(count, ROWS);
      assert.equal(sum, (BigInt(ROWS) * BigInt(ROWS - 1)) / 2n);
      assert.ok(bytes > 100e6, `${bytes} bytes are not many`);
    });

    test('can be left early: the operation ends on the server', async () => {
      let count = 0;
      for await (const _ of session.sql(`SELECT id FROM range(${ROWS})`).rows()) if (++count === 10) break;
      assert.equal(count, 10);
      assert.deepEqual(await session.interrupt('all'), []);
    });

    test('of two queries at once do not mix', async () => {
      const queries = [1, 2, 3].map((n) => rows(session.sql('SELECT id * :n AS v FROM range(1000)', { n })));
      const sums = (await Promise.all(queries)).map((all) => all.reduce((sum, { v }) => sum + Number(v), 0));
      assert.deepEqual(sums, [499_500, 999_000, 1_498_500]);
    });
  });

  describe('errors', () => {
    test('have the class, SQLSTATE, parameters and whole message of the server', async () => {
      const name = 'n'.repeat(3000);
      await assert.rejects(rows(session.sql(`SELECT * FROM ${name}`)), (error: SparkError) => {
        assert.ok(error instanceof SparkError);
        assert.equal(error.code, 'TABLE_OR_VIEW_NOT_FOUND');
        assert.equal(error.sqlState, '42P01');
        assert.deepEqual(error.parameters, { relationName: `\`${name}\`` });
        assert.match(error.message, new RegExp(`${name}.*SQLSTATE: 42P01`, 's'));
        assert.match(error.exception, /AnalysisException$/);
        return true;
      });
    });

    test('of a task say what caused them', async () => {
      const query = "SELECT raise_error(CAST(id AS STRING) || ' is wrong') FROM range(7, 8)";
      await assert.rejects(rows(session.sql(query)), (error: SparkError) => {
        const all = [error.message, ...error.causes.map(({ message }) => message)].join('\n');
        assert.match(all, /7 is wrong/);
        return true;
      });
    });

    test('of syntax are told by schema() as well', async () => {
      await assert.rejects(session.sql('SELEKT 1').schema(), {
        code: 'PARSE_SYNTAX_ERROR',
        sqlState: '42601',
      });
    });

    test('of a wrong token and of no token', async () => {
      for (const url of [`sc://127.0.0.1:${port}/;token=wrong`, `sc://127.0.0.1:${port}`]) {
        await assert.rejects(connect(url), UnauthenticatedError);
      }
    });

    test('of a port where nothing listens, after the time that was given', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const free = (server.address() as AddressInfo).port;
      await new Promise((resolve) => server.close(resolve));
      await assert.rejects(connect(`sc://127.0.0.1:${free}`, { connectTimeoutMs: 300 }), (error: Error) => {
        assert.ok(error instanceof UnavailableError);
        assert.match(error.message, /127\.0\.0\.1:\d+.*ECONNREFUSED/);
        return true;
      });
    });

    test('of a server that speaks something else', async (t) => {
      const server = createServer((_, answer) => answer.end('hello')).listen(0, '127.0.0.1');
      await once(server, 'listening');
      t.after(() => server.close());
      const url = `sc://127.0.0.1:${(server.address() as AddressInfo).port}`;
      await assert.rejects(connect(url, { connectTimeoutMs: 300 }), SparkConnectError);
    });
  });

  describe('views and writes', () => {
    test('a view is a query with a name, of this session alone', async () => {
      await session.sql('SELECT id FROM range(:n)', { n: 5 }).createTempView('five');
      assert.equal(await one('SELECT count(*) FROM five'), 5n);
      await assert.rejects(session.sql('SELECT 1').createTempView('five'), {
        code: 'TEMP_TABLE_OR_VIEW_ALREADY_EXISTS',
      });
      await session.sql('SELECT id FROM range(6)').createTempView('five', { replace: true });
      assert.equal(await one('SELECT count(*) FROM five'), 6n);
      const other = await open();
      await assert.rejects(other.sql('SELECT * FROM five').schema(), { code: 'TABLE_OR_VIEW_NOT_FOUND' });
    });

    test('parquet is written with partitions and options', async () => {
      const path = join(folder, 'parquet');
      const relation = session.sql('SELECT id, id % 2 AS part FROM range(10)');
      await relation.write({
        format: 'parquet',
        path,
        partitionBy: ['part'],
        options: { compression: 'zstd' },
      });
      const files = await readdir(join(path, 'part=1'));
      assert.ok(
        files.some((name) => name.endsWith('.zstd.parquet')),
        files.join(),
      );
      assert.equal(await one(`SELECT count(*) FROM parquet.\`${path}\` WHERE part = 1`), 5n);
    });

    test('modes: error, ignore, append, overwrite', async () => {
      const path = join(folder, 'modes');
      const write = (mode?: 'error' | 'ignore' | 'append' | 'overwrite') =>
        session.sql('SELECT 1 AS a').write({ format: 'parquet', path, ...(mode && { mode }) });
      const count = () => one(`SELECT count(*) FROM parquet.\`${path}\``);
      await write();
      await assert.rejects(write(), { code: 'PATH_ALREADY_EXISTS' });
      await write('ignore');
      assert.equal(await count(), 1n);
      await write('append');
      assert.equal(await count(), 2n);
      await write('overwrite');
      assert.equal(await count(), 1n);
    });

    test('delta is written with options of one write: a stale transaction changes nothing', {
      skip: nightly,
    }, async () => {
      const path = join(folder, 'delta');
      const write = (n: number, version: number) =>
        session.sql('SELECT :n AS n, 1 AS part', { n }).write({
          format: 'delta',
          path,
          mode: 'overwrite',
          partitionBy: ['part'],
          options: { txnAppId: 'app', txnVersion: String(version), replaceWhere: 'part = 1' },
        });
      const read = () => one(`SELECT n FROM delta.\`${path}\``);
      await session.sql('SELECT 0 AS n, 1 AS part').write({ format: 'delta', path, partitionBy: ['part'] });
      await write(2, 2);
      await write(1, 1);
      assert.equal(await read(), 2);
      await write(3, 3);
      assert.equal(await read(), 3);
    });

    test('a table of the catalog', async () => {
      await session.sql('SELECT 1 AS a').write({ format: 'delta', table: 'saved', mode: 'overwrite' });
      assert.deepEqual(await rows(session.sql('SELECT * FROM saved')), [{ a: 1 }]);
      const shown = await rows(await session.execute('SHOW TABLES'));
      assert.ok(shown.some(({ tableName }) => tableName === 'saved'));
      await session.execute('DROP TABLE saved');
    });

    test('a write has one place', async () => {
      await assert.rejects(session.sql('SELECT 1').write({ format: 'parquet' }), TypeError);
      await assert.rejects(session.sql('SELECT 1').write({ path: '/a', table: 'b' }), TypeError);
    });
  });

  describe('settings', () => {
    const KEY = 'spark.sql.shuffle.partitions';

    test('are of the session: set, get, take back', async () => {
      const other = await open();
      await other.config.set({ [KEY]: '7', 'spark.sql.ansi.enabled': 'false' });
      assert.equal(await other.config.get(KEY), '7');
      assert.equal((await other.config.getAll('spark.sql.shuffle.')).get(KEY), '7');
      assert.equal(await session.config.get(KEY), '2');
      await other.config.unset([KEY]);
      assert.equal(await other.config.get(KEY), '200');
      assert.equal(await other.config.get('spark.no.such.setting'), undefined);
    });

    test('that the server keeps for itself are refused', async () => {
      await assert.rejects(session.config.set({ 'spark.sql.warehouse.dir': '/x' }), SparkError);
    });
  });

  describe('artifacts', () => {
    test('an archive is unpacked where a query runs its programs', async () => {
      const content = join(folder, 'bundle');
      await mkdir(content);
      await writeFile(join(content, 'greeting.txt'), 'hello from the archive\n');
      await writeFile(join(content, 'big.bin'), Buffer.alloc(1_000_000, 'x'));
      const archive = join(folder, 'bundle.tar.gz');
      await run('tar', ['-czf', archive, '-C', content, '.']);
      const tar = join(folder, 'plain.bin');
      await writeFile(tar, Buffer.alloc(700_001, 7));
      const other = await open();
      const artifacts = [
        { name: 'archives/bundle.tar.gz#bundle', content: archive },
        { name: 'files/small.txt', content: Buffer.from('small') },
        { name: 'files/empty.txt', content: new Uint8Array() },
        { name: 'files/plain.bin', content: tar },
      ];
      await other.addArtifacts(artifacts);
      await other.addArtifacts(artifacts); // the same again changes nothing
      const command =
        'cat ./*/bundle/greeting.txt; cat ./*/small.txt; echo; wc -c < $(ls ./*/plain.bin); cat >/dev/null';
      const query = `SELECT TRANSFORM(id) USING 'sh -c "${command}"' AS (line STRING) FROM range(0, 1, 1, 1)`;
      const lines = (await rows(other.sql(query))).map(({ line }) => String(line).trim());
      assert.deepEqual(lines, ['hello from the archive', 'small', '700001']);
    });

    test('other bytes under a known name are refused', async () => {
      const other = await open();
      await other.addArtifacts([{ name: 'files/a.txt', content: Buffer.from('a') }]);
      await assert.rejects(other.addArtifacts([{ name: 'files/a.txt', content: Buffer.from('b') }]), {
        code: 'ARTIFACT_ALREADY_EXISTS',
      });
    });

    test('the server says which cached ones it has', async () => {
      const name = `cache/${'0'.repeat(64)}`;
      const other = await open();
      assert.deepEqual([...(await other.artifactStatuses([name]))], [[name, false]]);
      await other.addArtifacts([{ name, content: Buffer.from('cached') }]);
      assert.deepEqual(
        [...(await other.artifactStatuses([name, 'cache/none']))],
        [
          [name, true],
          ['cache/none', false],
        ],
      );
    });

    test('names stay inside their folder', async () => {
      for (const name of [
        '/etc/passwd',
        'files/../x',
        'files/',
        'jars/a.jar',
        'files/a#b',
        'archives/a.zip#x/y',
      ]) {
        await assert.rejects(session.addArtifacts([{ name, content: new Uint8Array() }]), RangeError);
      }
    });
  });

  /** Sixty seconds of work, unless somebody ends it. */
  const SLOW = slowly(600, 1);

  describe('while something runs', () => {
    test('its progress is told', async () => {
      const seen: Progress[] = [];
      // The first stage has long ended when the second does.
      const query = `SELECT java_method('java.lang.Thread', 'sleep', 200 * n) FROM (${slowly(24)})`;
      for await (const _ of session.sql(query).rows({ onProgress: (progress) => seen.push(progress) }));
      const stages = seen.flatMap((progress) => progress.stages);
      assert.ok(stages.some(({ tasks, completedTasks }) => tasks === 4 && completedTasks === 4));
      assert.ok(seen.some(({ runningTasks }) => runningTasks > 0));
    });

    test('it is interrupted by its tag, and nothing else is', async () => {
      const other = await open();
      const fails = assert.rejects(rows(session.sql(SLOW), { tags: ['slow', 'x'] }), {
        code: 'OPERATION_CANCELED',
      });
      const lasts = rows(session.sql('SELECT count(*) AS n FROM range(10)'), { tags: ['quick'] });
      assert.deepEqual(await lasts, [{ n: 10n }]);
      assert.deepEqual(await other.interrupt({ tag: 'slow' }), []);
      const ids = await eventually(async () => {
        const ids = await session.interrupt({ tag: 'slow' });
        return ids.length > 0 ? ids : undefined;
      });
      assert.equal(ids.length, 1);
      await fails;
    });

    test('an abort ends it here and on the server', async () => {
      const abort = new AbortController();
      const reason = new Error('enough');
      const reading = rows(session.sql(SLOW), {
        signal: abort.signal,
        onProgress: () => abort.abort(reason),
      });
      await assert.rejects(reading, reason);
      assert.deepEqual(await session.interrupt('all'), []);
    });

    test('so does a time limit, and an abort before the start', async () => {
      await assert.rejects(rows(session.sql(SLOW), { timeoutMs: 500 }), {
        name: 'TimeoutError',
      });
      const never = session.execute('SELECT 1', {}, { signal: AbortSignal.abort() });
      await assert.rejects(never, { name: 'AbortError' });
      assert.deepEqual(await session.interrupt('all'), []);
    });

    test('a tag has no comma', async () => {
      await assert.rejects(rows(session.sql('SELECT 1'), { tags: ['a,b'] }), RangeError);
    });
  });

  describe('when the connection breaks', () => {
    test('a result is complete, each row once', async (t) => {
      const proxy = await cutProxy(port);
      t.after(() => proxy.close());
      const other = await open({ port: proxy.port });
      let expected = 0n;
      let cuts = 0;
      for await (const { id } of other.sql('SELECT id FROM range(0, 1200000, 1, 6)').rows()) {
        assert.equal(id, expected);
        expected += 1n;
        if (expected % 250_000n === 0n) {
          cuts += 1;
          proxy.cut();
        }
      }
      assert.deepEqual([expected, cuts], [1_200_000n, 4]);
      assert.ok(proxy.connections() > cuts, `${proxy.connections()} connections`);
      await other.close();
    });

    test('a result is complete through connections that carry 3 MB each', { skip: nightly }, async (t) => {
      const proxy = await cutProxy(port);
      t.after(() => proxy.close());
      const other = await open({ port: proxy.port });
      proxy.cutAfter(3_000_000);
      proxy.cut();
      const query = 'SELECT id, repeat(CAST(id AS STRING), 20) AS s FROM range(0, 200000, 1, 4)';
      let expected = 0n;
      for await (const { id, s } of other.sql(query).rows()) {
        assert.equal(id, expected);
        assert.equal(s, String(expected).repeat(20));
        expected += 1n;
      }
      assert.equal(expected, 200_000n);
      await other.close();
    });

    test('a long query goes on, though the server is out of reach for a while', async (t) => {
      const proxy = await cutProxy(port);
      t.after(() => proxy.close());
      const other = await open({ port: proxy.port });
      const query = slowly(40);
      let cut = false;
      const found = await rows(other.sql(query), {
        onProgress: () => {
          if (!cut) proxy.cut(700);
          cut = true;
        },
      });
      assert.deepEqual([found, cut], [[{ n: 40n }], true]);
      await other.close();
    });

    test('a connection that falls silent is found out', { skip: nightly }, async (t) => {
      const proxy = await cutProxy(port);
      t.after(() => proxy.close());
      const other = await open({ port: proxy.port, keepAliveMs: 600 });
      let frozen = false;
      const onProgress = () => {
        if (!frozen) proxy.freeze();
        frozen = true;
      };
      assert.deepEqual(await rows(other.sql(slowly(40)), { onProgress }), [{ n: 40n }]);
      assert.deepEqual([frozen, proxy.connections()], [true, 2]);
      await other.close();
    });

    test('a write whose answer was lost is not done twice', { skip: nightly }, async (t) => {
      const proxy = await cutProxy(port);
      t.after(() => proxy.close());
      const other = await open({ port: proxy.port });
      const path = join(folder, `once-${randomUUID()}`);
      for (let i = 1; i <= 4; i++) {
        const writing = other.sql('SELECT 1 AS a').write({ format: 'delta', path, mode: 'append' });
        await sleep(i * 15);
        proxy.cut();
        await writing;
        assert.equal(await one(`SELECT count(*) FROM delta.\`${path}\``), BigInt(i));
      }
      await other.close();
    });

    test('a server that stays away is an error after the time that was given', async (t) => {
      const proxy = await cutProxy(port);
      t.after(() => proxy.close());
      const other = await open({ port: proxy.port, outageMs: 500 });
      proxy.cut(60_000);
      await assert.rejects(rows(other.sql('SELECT 1')), UnavailableError);
      await assert.rejects(other.sql('SELECT 1').schema(), UnavailableError);
      proxy.cut(0);
      await other.close();
    });
  });

  describe('sessions', () => {
    test('can be joined by their id', async () => {
      const first = await open();
      await first.sql('SELECT 1 AS a').createTempView('shared');
      const second = await open({ sessionId: first.id });
      assert.deepEqual(await rows(second.sql('SELECT * FROM shared')), [{ a: 1 }]);
    });

    test('that were closed are lost to whoever joined them', async () => {
      const first = await open();
      const second = await open({ sessionId: first.id });
      await first.close();
      await first.close();
      await assert.rejects(rows(second.sql('SELECT 1')), SessionLostError);
    });
  });
});

/** A count of rows, each of which takes a tenth of a second. */
function slowly(count: number, tasks = 4): string {
  const slow = `SELECT java_method('java.lang.Thread', 'sleep', 100L) AS v FROM range(0, ${count}, 1, ${tasks})`;
  return `SELECT count(*) AS n FROM (${slow}) WHERE v IS NULL OR v <> 'x'`;
}

function show(value: unknown): string {
  return String(JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}n` : v))).slice(0, 60);
}

/** Whether there can be nulls is not told in the type of a literal. */
function withoutNullability(type: DataType): unknown {
  return JSON.parse(
    JSON.stringify(type, (key, value) =>
      /nullable|containsNull|valueContainsNull/i.test(key) ? undefined : value,
    ),
  );
}

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let i = 0; i < 200; i++) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error('it never happened');
}

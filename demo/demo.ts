/**
 * The main job on real texts, by the commands that a user would type: plan, run, a kill, the run that goes on, search,
 * themes, the tables' history. Leaves the lake in demo/lake to go on with.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';

const HERE = import.meta.dirname;
const LAKE = join(HERE, 'lake');
const CLI = join(HERE, '..', 'packages', 'throughline', 'bin', 'throughline.js');
const CONFIG = 'demo/throughline.yaml';
/** Published chunks after which the first run is killed. */
const KILL_AFTER = 20;

const QUESTIONS: { query: string; note: string; filter?: string; modes?: string[] }[] = [
  { query: 'they keep calling about a debt that is not mine', note: 'A question in plain words.' },
  {
    query: 'lender confiscated automobile',
    note: 'What keyword search misses: the texts say "repossessed" and "vehicle".',
    modes: ['keyword', 'semantic'],
  },
  {
    query: 'monthly house payment went up because of escrow',
    note: 'With a filter: mortgages since 2019.',
    filter: 'product == "Mortgage" && date_received >= timestamp("2019-01-01T00:00:00Z")',
  },
];

const NEXT = [
  ['search "charged twice for the same purchase"'],
  ['search "identity theft" --filter \'state == "CA"\' --json'],
  ['themes show t001'],
  ['run', 'nothing has changed: done in a moment'],
  ['lake path records', 'the folder for Spark, DuckDB, pandas'],
];

await main();

async function main(): Promise<void> {
  const started = performance.now();
  await rm(LAKE, { recursive: true, force: true });

  heading('1. The plan', 'What would be done, without embedding anything.');
  await throughline(['plan']);

  heading('2. The run, killed on purpose', `SIGKILL after ${KILL_AFTER} of its chunks: no time to clean up.`);
  await runAndKill();
  await throughline(['status']);

  heading('3. The run again', 'Finished chunks are kept, and so are vectors of the unfinished ones.');
  await throughline(['run']);

  heading('4. Search');
  for (const { query, note, filter, modes = ['hybrid'] } of QUESTIONS) {
    console.log(styleText('italic', note));
    const filtering = filter === undefined ? [] : ['--filter', filter];
    for (const mode of modes)
      await throughline(['search', query, '--limit', '2', '--mode', mode, ...filtering]);
  }

  heading('5. Themes', 'What the texts are about, without being told.');
  await throughline(['themes']);

  heading('6. The tables', 'Delta: versioned, and readable by any engine.');
  await throughline(['lake', 'history', '--table', 'passages', '--limit', '4']);

  heading('Now you', `Done in ${Math.round((performance.now() - started) / 1000)} s. The same lake answers:`);
  for (const [command, comment] of NEXT)
    console.log(`  npx throughline ${command} -c ${CONFIG}${comment ? `   # ${comment}` : ''}`);
}

function heading(title: string, note = ''): void {
  console.log(`\n${styleText(['bold', 'cyan'], title)}${note === '' ? '' : `  ${note}`}\n`);
}

function start(args: readonly string[]): ChildProcess {
  const shown = args.map((arg) => (/^[\w:./=-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ');
  console.log(styleText('dim', `$ throughline ${shown}`));
  return spawn(process.execPath, [CLI, ...args, '--config', join(HERE, 'throughline.yaml')], {
    stdio: 'inherit',
  });
}

async function throughline(args: readonly string[]): Promise<void> {
  const [code] = await once(start(args), 'exit');
  if (code !== 0) {
    console.error(`throughline ${args[0]} ended with ${code}`);
    process.exit(code ?? 70);
  }
  console.log();
}

async function runAndKill(): Promise<void> {
  const run = start(['run']);
  const ended = once(run, 'exit');
  while (run.exitCode === null && (await publishedChunks()) < KILL_AFTER) await sleep(100);
  run.kill('SIGKILL');
  const [code, signal] = await ended;
  console.log(
    signal === 'SIGKILL' ? `\nKilled (${signal}).\n` : `\nThe run was faster than the kill (${code}).\n`,
  );
}

/** Commits of the passages table after the one that created it. */
async function publishedChunks(): Promise<number> {
  const builds = await readdir(join(LAKE, 'builds')).catch(() => []);
  const logs = builds.map((build) =>
    readdir(join(LAKE, 'builds', build, 'passages', '_delta_log')).catch(() => []),
  );
  const commits = (await Promise.all(logs)).flat().filter((name) => /^\d+\.json$/.test(name));
  return commits.length - 1;
}

import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { RunEntry, RunResult, RunsDiff } from '../run/index.ts';
import { type Context, lakeOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { formatSeconds, printable, table } from './terminal.ts';

export function runsCommand(program: Command, context: Context): void {
  const runs = program.command('runs').summary('runs: list them, show one, compare two, keep one');
  withSharedOptions(runs.command('list', { isDefault: true }))
    .summary('list runs, newest first')
    .addHelpText('after', '\nExample:\n  throughline runs --json\n')
    .action(async (options: SharedOptions) => {
      const [{ listRuns }, { listPins }] = await Promise.all([
        import('../run/index.ts'),
        import('../lake/pins.ts'),
      ]);
      const lake = await lakeOf(options, context);
      const pinned = new Set((await listPins(lake)).map(({ run }) => run));
      const found = (await listRuns(lake)).map((one) => ({ ...one, pinned: pinned.has(one.run) }));
      if (options.json) return printJson(context, { runs: found });
      const resultOf = ({ manifest }: RunEntry) =>
        manifest.result as Pick<RunResult, 'chunks' | 'records' | 'relevance'> | undefined;
      const isMeasured = found.some((one) => resultOf(one)?.relevance);
      const rows = found.map((one) => {
        const { run, status, started, ended } = one;
        const result = resultOf(one);
        const took = ended === undefined ? '' : formatSeconds((ended - started) / 1000);
        return [
          one.pinned ? `${run} (pinned)` : run,
          ended === undefined ? 'running or killed' : status,
          took,
          result?.chunks.done ?? 0,
          result?.records ?? 0,
          ...(isMeasured ? [result?.relevance?.measures['ndcg@10'].toFixed(4) ?? ''] : []),
        ];
      });
      const header = ['run', 'status', 'took', 'chunks', 'records', ...(isMeasured ? ['nDCG@10'] : [])];
      for (const line of table(header, rows)) context.terminal.print(line);
    });
  withSharedOptions(runs.command('show <run>'))
    .summary('show all that was recorded of a run: an id, its beginning, latest or previous')
    .addHelpText('after', '\nExample:\n  throughline runs show latest\n')
    .action(async (name: string, options: SharedOptions) => {
      const [{ findRun }, { listPins }] = await Promise.all([
        import('../run/index.ts'),
        import('../lake/pins.ts'),
      ]);
      const lake = await lakeOf(options, context);
      const run = await findRun(lake, name);
      const pinned = (await listPins(lake)).some((pin) => pin.run === run.run);
      const { started, ended } = run;
      const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
      const shown = { ...run, started: iso(started), ended: iso(ended), pinned };
      if (options.json) printJson(context, shown);
      else context.terminal.print(stringify(shown).trimEnd());
    });
  withSharedOptions(runs.command('pin <run>'))
    .summary("keep a run's versions of tables, index and themes, whatever removes old ones")
    .addHelpText('after', '\nExample:\n  throughline runs pin latest\n')
    .action(async (name: string, options: SharedOptions) => {
      const { findRun, pinRun } = await import('../run/index.ts');
      const lake = await lakeOf(options, context);
      const { pin, gone } = await pinRun(lake, await findRun(lake, name), context.clock);
      if (options.json) return printJson(context, { ...pin, gone });
      const versions = Object.entries(pin.tables).map(([table, version]) => `${table} ${version}`);
      const derived = [pin.indexes, pin.themes].filter((one) => one !== undefined);
      context.terminal.print(`${pin.run} is pinned: ${[...versions, ...derived].join(', ')}`);
      for (const one of gone) context.terminal.log(`warning: ${one} was gone already, and is not pinned`);
    });
  withSharedOptions(runs.command('unpin <run>'))
    .summary('let the versions of a pinned run go as any others')
    .addHelpText('after', '\nExample:\n  throughline runs unpin previous\n')
    .action(async (name: string, options: SharedOptions) => {
      const { findRun, unpinRun } = await import('../run/index.ts');
      const lake = await lakeOf(options, context);
      const { run } = await findRun(lake, name);
      const wasPinned = await unpinRun(lake, run);
      if (options.json) printJson(context, { run, wasPinned });
      else context.terminal.print(wasPinned ? `${run} is not pinned any more` : `${run} was not pinned`);
    });
  withSharedOptions(runs.command('diff <before> <after>'))
    .summary('what changed between two runs, and what it did to their figures')
    .addHelpText('after', '\nExample:\n  throughline runs diff previous latest\n')
    .action(async (before: string, after: string, options: SharedOptions) => {
      const { diffRuns, findRun } = await import('../run/index.ts');
      const lake = await lakeOf(options, context);
      const diff = diffRuns(await findRun(lake, before), await findRun(lake, after));
      if (options.json) printJson(context, diff);
      else printDiff(context, diff);
    });
}

function printDiff({ terminal }: Context, { before, after, causes, figures }: RunsDiff): void {
  const shown = (value: unknown) =>
    value === undefined
      ? '-'
      : printable(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 60);
  for (const [title, changes] of [
    ['what changed', causes],
    ['what it did', figures],
  ] as const) {
    const rows = changes.map(({ what, before, after }) => [what, shown(before), shown(after)]);
    if (rows.length === 0) terminal.print(`${title}: nothing`);
    else for (const line of table([title, before, after], rows)) terminal.print(line);
    terminal.print();
  }
}

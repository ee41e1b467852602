import type { Command } from 'commander';
import { EXIT } from '../error.ts';
import type { Current } from '../lake/lake.ts';
import type { IndexManifest } from '../search/manifest.ts';
import type { IndexVersion } from '../search/versions.ts';
import {
  type Context,
  configOf,
  lakeNamedBy,
  printJson,
  type SharedOptions,
  withSharedOptions,
} from './context.ts';
import { withInterrupt } from './interrupt.ts';
import { parseCount } from './parse.ts';
import { table } from './terminal.ts';

export function indexCommand(program: Command, context: Context): void {
  const index = program.command('index').summary('versions of the search index: verify, promote, roll back');
  const opened = async (options: SharedOptions) => {
    const loaded = await configOf(options, context);
    const [lake, versions] = await Promise.all([lakeNamedBy(loaded), import('../search/versions.ts')]);
    return { lake, settings: loaded.config.index, versions };
  };

  withSharedOptions(index.command('list'))
    .summary('the versions, newest first, with what their verification found')
    .addHelpText('after', '\nExample:\n  throughline index list\n')
    .action(async (options: SharedOptions) => {
      const { lake, settings, versions } = await opened(options);
      const found = await versions.listVersions(lake, settings);
      if (options.json) return printJson(context, found);
      printVersions(context, found.versions);
      for (const name of found.unreadable)
        context.terminal.log(
          `${name}: its manifest is not JSON. Nobody can use it: throughline run builds the newest again, throughline index gc removes old ones`,
        );
    });

  withSharedOptions(index.command('verify [version]'))
    .summary('measure a version against an exact scan of the table; the promoted one unless told')
    .addHelpText('after', '\nExample:\n  throughline index verify\n')
    .action(async (version: string | undefined, options: SharedOptions) => {
      const { lake, settings, versions } = await opened(options);
      const { verifyVersion } = await import('../search/make-index.ts');
      const { indexFaults } = await import('../search/promote-index.ts');
      const manifest = await versions.existingManifest(lake, version);
      const { refuseDamaged } = await import('../search/damage.ts');
      await refuseDamaged(lake, manifest, settings.store, { digests: true });
      context.terminal.log(`Measuring ${manifest.version} against an exact scan ...`);
      const verified = await withInterrupt(context, (signal) =>
        verifyVersion(lake, manifest, settings.store, signal),
      );
      const faults = indexFaults(verified, settings);
      if (options.json) printJson(context, { version: verified.version, ...verified.verification, faults });
      else printVerification(context, verified, faults);
      if (faults.length > 0) process.exitCode = EXIT.badData;
    });

  withSharedOptions(index.command('promote <version>'))
    .summary('make a version the one that serves, with its build and themes')
    .addHelpText(
      'after',
      '\nExample:\n  throughline index promote "$(throughline index list --json | jq -r .versions[1].manifest.version)"\n',
    )
    .action(async (version: string, options: SharedOptions) => {
      const { lake, settings, versions } = await opened(options);
      tell(context, options, await versions.promoteVersion(lake, version, settings, context.clock));
    });

  withSharedOptions(index.command('rollback'))
    .summary('go back to the version before; runs do not promote what was left again')
    .addHelpText('after', '\nExample:\n  throughline index rollback\n')
    .action(async (options: SharedOptions) => {
      const { lake, settings, versions } = await opened(options);
      tell(context, options, await versions.rollBack(lake, settings, context.clock));
    });

  withSharedOptions(index.command('gc'))
    .summary('remove old versions; runs do it as well')
    .option('--keep <versions>', 'how many stay, the promoted one included (default: index.keep)', parseCount)
    .addHelpText('after', '\nExample:\n  throughline index gc --keep 1\n')
    .action(async (options: SharedOptions & { keep?: number }) => {
      const { lake, settings } = await opened(options);
      const { removeOldIndexes } = await import('../search/promote-index.ts');
      const removed = await removeOldIndexes(
        lake,
        { ...settings, keep: options.keep ?? settings.keep },
        context.clock,
        { atOnce: true },
      );
      if (options.json) return printJson(context, { removed });
      context.terminal.print(removed.length === 0 ? 'Nothing to remove.' : `Removed: ${removed.join(', ')}`);
    });
}

function tell(context: Context, { json }: SharedOptions, current: Current): void {
  if (json) printJson(context, current);
  else context.terminal.print(`index ${current.index}, build ${current.build} serve now`);
}

function printVersions({ terminal }: Context, versions: readonly IndexVersion[]): void {
  const rows = versions.map(({ manifest, promoted, withdrawn, faults }) => [
    promoted ? '*' : '',
    manifest.version,
    new Date(manifest.madeAt).toISOString().slice(0, 16).replace('T', ' '),
    String(manifest.passages),
    leastRecall(manifest),
    [...(withdrawn ? ['withdrawn'] : []), ...faults].join('; '),
  ]);
  for (const line of table(
    ['', 'version', 'time (UTC)', 'passages', 'least recall', 'why it may not serve'],
    rows,
  ))
    terminal.print(line);
}

function leastRecall({ verification }: IndexManifest): string {
  if (!verification || verification.cases.length === 0) return '-';
  const recalls = verification.cases.map((one) => Math.min(one['recall@10'], one['recall@100']));
  return Math.min(...recalls).toFixed(3);
}

function printVerification(
  { terminal }: Context,
  { version, verification }: IndexManifest,
  faults: string[],
): void {
  const { passages, queries, cases } = verification!;
  terminal.print(
    `${version}: ${passages.index} passages, ${passages.table} in the table, ${queries} queries`,
  );
  const rows = cases.map((one) => [
    one.filter ?? 'no filter',
    `${(100 * one.selectivity).toPrecision(3)} %`,
    one['recall@10'].toFixed(3),
    one['recall@100'].toFixed(3),
    one.p50.toFixed(1),
    one.p95.toFixed(1),
  ]);
  for (const line of table(['filter', 'keeps', 'recall@10', 'recall@100', 'p50 ms', 'p95 ms'], rows))
    terminal.print(line);
  for (const fault of faults) terminal.print(terminal.style('red', `it may not serve: ${fault}`));
}

import type { Config } from '../../config/index.ts';
import { digestOf } from '../../lake/canonical.ts';
import { nameOf, type StoredResult } from '../../quality/index.ts';
import { leastRecall } from '../../search/least-recall.ts';
import type { Facts, FinishedRun, LakeFacts } from '../facts.ts';
import { type Point, point } from '../point.ts';

/** What others use: promoted versions that belong together, and checks that they passed. */
export function output(facts: Facts): Point[] {
  const { lake, command } = facts;
  if (!lake?.build) return [point(false, 'nothing is promoted', { mend: command('run') })];
  return [tables(lake, facts), index(lake, facts), themes(lake, facts), ...checks(lake, facts)];
}

function tables({ build }: LakeFacts, { command }: Facts): Point {
  const versions = Object.entries(build!.tables).map(([name, { version }]) => `${name} ${version}`);
  return point(true, `build ${build!.digest} is promoted; versions of its tables: ${versions.join(', ')}`, {
    command: command('lake history'),
  });
}

function index({ index, build, current }: LakeFacts, { command }: Facts): Point {
  const mend = command('run --only index');
  if (!index) return point(false, 'no index is promoted', { mend });
  const { manifest, faults } = index;
  const behind =
    manifest.build !== build!.digest || manifest.passagesVersion !== build!.tables.passages.version;
  if (behind || faults.length > 0)
    return point(
      false,
      behind
        ? `the index ${current.index} is not of the passages that are promoted (version ${manifest.passagesVersion} of build ${manifest.build})`
        : `the index ${current.index} may not serve: ${faults.join('; ')}`,
      { command: command('index list'), mend },
    );
  const recall = leastRecall(manifest.verification!);
  const least = recall === null ? '' : `, least recall ${recall.toFixed(4)}`;
  return point(
    true,
    `index ${current.index}: ${manifest.passages} passages at version ${manifest.passagesVersion}, measured against an exact search${least}`,
    { command: command('index list') },
  );
}

function themes({ themes: found, build, current }: LakeFacts, { command }: Facts): Point {
  const mend = command('run --only themes');
  if (!found) return point(false, 'no themes are promoted', { mend });
  const isOf = found.build === build!.digest && found.passagesVersion === build!.tables.passages.version;
  return point(
    isOf,
    `themes ${current.themes}: ${found.themes} themes over passages at version ${found.passagesVersion}${isOf ? '' : ', which is not what is promoted'}`,
    { command: command('themes versions'), mend },
  );
}

/** Whether the check was what it is today: another limit may have the same name. */
function isOfToday(
  { run }: StoredResult,
  check: Config['quality'][number],
  finished: readonly FinishedRun[],
): boolean {
  const settings = finished.find((one) => one.run === run)?.manifest.settings as Config | undefined;
  const then = settings?.quality.find((one) => nameOf(one) === nameOf(check));
  return then !== undefined && digestOf(then) === digestOf(check);
}

/** Each check of the config by its last result on what serves. One that warns is agreed to be no reason to stop. */
function checks({ results, build, finished }: LakeFacts, { config, command }: Facts): Point[] {
  if (config.quality.length === 0)
    return [
      point(false, 'no checks of the records are agreed on', {
        mend: 'quality: [{ check: not_null, column: COLUMN }, { check: row_count, min: 1 }]',
      }),
    ];
  const last = config.quality.map((check) => {
    const name = nameOf(check);
    const found = results.find((one) => one.name === name && one.build === build!.digest);
    return { name, found: found && isOfToday(found, check, finished) ? found : undefined };
  });
  const missing = last.filter(({ found }) => found === undefined).map(({ name }) => name);
  const failed = last.flatMap(({ found }) =>
    found?.status === 'failed' && found.severity !== 'warn' ? [found] : [],
  );
  const warn = last.flatMap(({ found }) =>
    found?.status === 'failed' && found.severity === 'warn' ? [found.name] : [],
  );
  if (missing.length > 0)
    return [point(false, `checks that no run has made yet: ${missing.join(', ')}`, { mend: command('run') })];
  const run = last[0]!.found!.run;
  if (failed.length > 0)
    return failed.map(({ name, observed, expected, run }) =>
      point(
        false,
        `check ${name} failed in run ${run}: found ${observed ?? 'nothing'}, expected ${expected}`,
        {
          command: command(`quality --run ${run} --failed`),
          mend: `mend the source (or the check in quality:), then ${command('run')}`,
        },
      ),
    );
  const warning = warn.length === 0 ? '' : `; ${warn.join(', ')} warn, as agreed`;
  return [
    point(
      true,
      `${last.length - warn.length} of ${last.length} checks passed, last in run ${run}${warning}`,
      {
        command: command(`quality --run ${run}`),
      },
    ),
  ];
}

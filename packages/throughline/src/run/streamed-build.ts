import { watchLeases } from '../chunk/lease.ts';
import { durationMs } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { type Build, openBuild, refreshTables } from '../lake/build.ts';
import { buildInfo } from '../lake/build-info.ts';
import { openCopies } from '../lake/copies.ts';
import type { Lake } from '../lake/lake.ts';
import { committedPosition } from '../lake/stream-commit.ts';
import { whole } from '../source/copy-marks.ts';
import { isStream, tellsChanges } from '../source/open-feed.ts';
import { followedMeanwhile } from './copying.ts';
import { isWholePlan } from './pending.ts';
import type { Prepared } from './prepare.ts';
import type { RunOptions } from './run-options.ts';
import { streamRule } from './stream-rule.ts';

/**
 * The build of a source that is read by its changes alone: a stream, or a Delta table that was followed. Undefined for any other. Throws with exit
 * code 64 where the options ask for something else of it.
 */
export async function streamedBuild(
  lake: Lake,
  prepared: Prepared,
  options: RunOptions,
): Promise<Build | undefined> {
  const { source } = prepared.config;
  if (isStream(source)) {
    if (options.sample !== undefined || options.force || !isWholePlan(options))
      throw refused(
        'a stream is read from where it was left: --sample, --chunk, --from, --to and --force choose from a source that is read as a whole',
        'Go on with: throughline run. To read all of it anew: another lake.',
      );
    return await openRead(lake, prepared, await streamRule(prepared, lake));
  }
  return await followedTable(lake, prepared, options);
}

async function followedTable(
  lake: Lake,
  prepared: Prepared,
  options: RunOptions,
): Promise<Build | undefined> {
  const { source, engine, share } = prepared.config;
  const rule = prepared.rule ?? lake.pipeline.rule;
  if (source.type !== 'delta' || engine !== 'local' || !tellsChanges(source)) return undefined;
  if (options.sample !== undefined || rule === undefined) return undefined;
  const { deltaStream } = await import('../source/delta-feed.ts');
  const stream = deltaStream(source);
  const build = await openRead(lake, prepared, rule);
  const at = (name: string) => committedPosition(lake.pipeline.id, build, name);
  if (at(stream) === null) {
    if (options.follow && at(whole(stream)) === null && (await build.tables.records.files()).length > 0)
      throw refused(
        'the lake has records of a run that did not publish all of the table',
        'Finish it: throughline run. Then follow from there: throughline run --follow',
      );
    return undefined;
  }
  if (!isWholePlan(options) || options.only === 'map')
    throw refused(
      'the table is followed: its chunks are no longer made one by one',
      'What has changed: throughline run. All of it anew: throughline run --force',
    );
  if (options.force) return undefined;
  const copies = openCopies(lake, build, watchLeases(lake.root, durationMs(share.lease)));
  if ((await copies.pending(stream)).length > 0) throw followedMeanwhile(stream);
  return build;
}

async function openRead(lake: Lake, prepared: Prepared, rule: NonNullable<Prepared['rule']>): Promise<Build> {
  const build = await openBuild(lake, buildInfo(prepared.config, rule, prepared, undefined));
  await refreshTables(build);
  return build;
}

function refused(message: string, hint: string): ThroughlineError {
  return new ThroughlineError(message, { code: 'is_followed', exitCode: EXIT.usage, hint });
}

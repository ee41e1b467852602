/** `acceptance.parity` in a run: what could be promoted, compared with the results that were agreed on. */
import { stat } from 'node:fs/promises';
import { compareSides, LEAST, type Limits, type VerdictLine } from '../compare/index.ts';
import type { Config } from '../config/index.ts';
import { ThroughlineError } from '../error.ts';
import type { Build } from '../lake/build.ts';
import { existingBuild } from '../lake/build.ts';
import { digestOf } from '../lake/canonical.ts';
import { readJson, replaceJson } from '../lake/json-file.ts';
import { type Lake, lakeIfThere, readCurrent } from '../lake/lake.ts';
import { isRemote, lakePath, lakeRootOf } from '../lake/lake-path.ts';
import type { MeasuredLimit } from './limit.ts';

/** Passages above which a run does not compare: both sides are copied to disk. */
const MOST_PASSAGES = 2_000_000;

export interface ParityContext {
  /** Folder that the reference's path starts from. */
  directory: string;
  /** The source's name of the id. */
  sourceId: string | undefined;
  /** Of the build. */
  passages: number;
  /** Version of the product. */
  product: string;
  info: (message: string) => void;
  warning: (message: string) => void;
}

interface Kept {
  key: string;
  verdict: VerdictLine[];
}

/**
 * Undefined, with a warning, where the reference is not there or the build is too large to compare in a run. Themes come after promotion:
 * `ami` and `ari` are left to the command. A build and a reference that have not changed are not compared again. Disk for both sides; memory as
 * `compareSides` says. Not met where the reference cannot be read or matched.
 */
export async function measureParity(
  lake: Lake,
  build: Build,
  parity: NonNullable<Config['acceptance']['parity']>,
  { directory, sourceId, passages, product, info, warning }: ParityContext,
): Promise<MeasuredLimit | undefined> {
  const { reference, onMiss, ami: _ami, ari: _ari, ...limits } = parity;
  if (reference === undefined) return undefined;
  const path = lakeRootOf(directory, reference);
  const token = await referenceToken(path);
  if (token === undefined) {
    warning(`acceptance.parity is not measured: ${reference} is not there`);
    return undefined;
  }
  if (passages > MOST_PASSAGES) {
    warning(
      `acceptance.parity is not measured: more than ${MOST_PASSAGES} passages; compare them by: throughline compare`,
    );
    return undefined;
  }
  const { records, passages: table } = build.tables;
  const versions = [build.info.digest, records.version, table.version];
  const key = digestOf([path, token, versions, limits, product, sourceId]);
  const file = lakePath(lake.root, 'acceptance', 'parity.json');
  const kept = await readJson<Kept>(file);
  try {
    const verdict = kept?.key === key && token !== UNKNOWN ? kept.verdict : await compared();
    return limitOf(verdict, onMiss);
  } catch (error) {
    if (!(error instanceof ThroughlineError)) throw error;
    const figure = { name: 'parity', observed: null, expected: 'a comparison', ok: false };
    return {
      name: 'parity',
      onMiss,
      figures: [figure],
      unmet: [`parity: cannot be compared: ${error.message}`],
    };
  }

  async function compared(): Promise<VerdictLine[]> {
    info(`Comparing with ${reference} ...`);
    const request = { a: path, b: lake.root, columns: { sourceId }, limits: limits satisfies Limits };
    const found = await compareSides({ ...request, candidate: build.info.digest });
    await replaceJson(file, { key, verdict: found.verdict } satisfies Kept);
    return found.verdict;
  }
}

/** Of something that may have changed without a sign. */
const UNKNOWN = 'unknown';

/** Changes with the reference; undefined where that is not there. */
async function referenceToken(path: string): Promise<string | undefined> {
  if (!isRemote(path)) {
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    if (found === undefined) return undefined;
    if (found.isFile()) return `${found.size} ${found.mtimeNs}`;
  }
  const lake = await lakeIfThere(path);
  if (lake === undefined) return UNKNOWN;
  const { build } = await readCurrent(lake);
  if (build === undefined) return undefined;
  const { tables } = await existingBuild(lake, build);
  return `${build} ${tables.records.version} ${tables.passages.version}`;
}

function limitOf(verdict: readonly VerdictLine[], onMiss: MeasuredLimit['onMiss']): MeasuredLimit {
  const missed = verdict.filter(({ ok }) => !ok);
  return {
    ...{ name: 'parity', onMiss },
    figures: verdict.map((line) => ({
      ...{ name: `parity.${line.limit}`, observed: line.found, expected: expectedOf(line), ok: line.ok },
    })),
    unmet:
      missed.length === 0
        ? []
        : [
            `parity: ${missed.map((line) => `${line.limit} ${line.found ?? 'not measured'} (${expectedOf(line)})`).join(', ')}`,
          ],
  };
}

function expectedOf({ limit, wanted }: VerdictLine): string {
  return `${LEAST.includes(limit) ? '>=' : '<='} ${wanted}`;
}

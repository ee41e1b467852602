/** A version, or a fit, that another process may be making at the same moment: the same from the same, and made once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConcurrentModificationError } from '@throughline/delta';
import type { Lake } from '../lake/lake.ts';
import { readThemesManifest, type ThemesManifest } from './manifest.ts';
import { publishVersion, type VersionRequest, versionName } from './publish-version.ts';

/** As publishVersion; what another process is writing is waited for. */
export async function published(lake: Lake, request: VersionRequest): Promise<ThemesManifest> {
  try {
    return await publishVersion(lake, request);
  } catch (error) {
    if (!(error instanceof ConcurrentModificationError)) throw error;
    const version = versionName(request);
    return untilThere(() => readThemesManifest(lake, version), request.signal, version);
  }
}

/** What the other process writes is soon there, because it was ahead of this one; unless it waits for a language model. */
const OTHER_RUN_MS = 10 * 60_000;
const LOOK_EVERY_MS = 250;

export async function untilThere<T>(
  look: () => Promise<T | undefined>,
  signal: AbortSignal,
  name: string,
): Promise<T> {
  for (let waited = 0; waited < OTHER_RUN_MS; waited += LOOK_EVERY_MS) {
    const there = await look();
    if (there !== undefined) return there;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
  throw new ConcurrentModificationError(`another run began ${name} and did not finish it`);
}

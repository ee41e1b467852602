/** A version, or a fit, that another process may be making at the same moment: the same from the same, and made once. */
import { ConcurrentModificationError } from '@throughline/delta';
import type { Lake } from '../lake/lake.ts';
import { readThemesManifest, type ThemesManifest } from './manifest.ts';
import { publishVersion, type VersionRequest, versionName } from './publish-version.ts';
import { untilThere } from './until-there.ts';

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

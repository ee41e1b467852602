/** Tests of permissions run the command as a user who is not root and owns nothing. */
import { spawnSync } from 'node:child_process';
import { BIN } from './cli.ts';

/** The user `nobody` on Linux. */
export const NOBODY = 65_534;

/** Why such tests are skipped, or false. The other user has to reach this checkout: a folder above it may forbid that. */
export function skipAsOtherUser(): string | false {
  if (process.getuid?.() !== 0) return 'only root can become another user';
  const { status } = spawnSync(process.execPath, [BIN, '--version'], { uid: NOBODY, gid: NOBODY, cwd: '/' });
  return status === 0 ? false : 'another user may not read this checkout';
}

import { allPairsSimilarity } from './all-pairs-similarity.ts';
import { alwaysOnDisplay } from './always-on-display.ts';
import { broadExcept } from './broad-except.ts';
import { collectToPandas } from './collect-topandas.ts';
import { dfReassign } from './df-reassign.ts';
import { embedPerRow } from './embed-per-row.ts';
import { executionOrder } from './execution-order.ts';
import { fixedSleep } from './fixed-sleep.ts';
import { hardcodedSecret } from './hardcoded-secret.ts';
import { localAbsPath } from './local-abs-path.ts';
import { noRetry } from './no-retry.ts';
import { noTimeout } from './no-timeout.ts';
import { printDisplay } from './print-display.ts';
import { rowWise } from './row-wise.ts';
import type { Rule } from './rule.ts';
import { silentTruncation } from './silent-truncation.ts';
import { unnormalisedDotProduct } from './unnormalised-dot-product.ts';
import { unpinnedInstall } from './unpinned-install.ts';
import { unpinnedModel } from './unpinned-model.ts';
import { unseededRandom } from './unseeded-random.ts';
import { useBeforeDef } from './use-before-def.ts';
import { vectorsInMemory } from './vectors-in-memory.ts';
import { wholeFileRead } from './whole-file-read.ts';
import { wrongPrefix } from './wrong-prefix.ts';

/** All rules, in the order in which the documentation has them. */
export const RULES: readonly Rule[] = [
  hardcodedSecret,
  localAbsPath,
  noTimeout,
  noRetry,
  fixedSleep,
  broadExcept,
  embedPerRow,
  rowWise,
  wholeFileRead,
  collectToPandas,
  allPairsSimilarity,
  vectorsInMemory,
  silentTruncation,
  wrongPrefix,
  unnormalisedDotProduct,
  unpinnedModel,
  unpinnedInstall,
  unseededRandom,
  executionOrder,
  useBeforeDef,
  dfReassign,
  printDisplay,
  alwaysOnDisplay,
];

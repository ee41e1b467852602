/** Fit against assignment: passages that the themes were fitted on, and what every passage's own assignment says of them. */
import { agreementOfCounts } from '@throughline/themes';
import { existingBuild } from '../lake/build.ts';
import { type Lake, promotedBuild } from '../lake/lake.ts';
import { fitAgainstAssignment } from '../theme/index.ts';
import { line, type SelfCheck } from './self-check.ts';

/** A passage on the border of two themes may fall to the other. */
const LEAST_AGREEMENT = 0.99;

export async function compareFit(lake: Lake): Promise<SelfCheck> {
  const { tables } = await existingBuild(lake, await promotedBuild(lake));
  const { cells } = (await fitAgainstAssignment(lake, tables.passages)) ?? { cells: [] };
  const passages = cells.reduce((sum, { count }) => sum + count, 0);
  const same = cells.reduce((sum, { a, b, count }) => sum + (a === b ? count : 0), 0);
  const agreed = passages === 0 ? undefined : agreementOfCounts(cells);
  return {
    what: 'fit',
    title: 'The fit of the themes against their assignment',
    passages,
    lines: [
      line(
        'agreement',
        'share of the fitted passages that are assigned to the theme that they were fitted in',
        LEAST_AGREEMENT,
        passages === 0 ? null : same / passages,
      ),
      line('ari', 'adjusted Rand index of the two', undefined, agreed?.ari ?? null),
    ],
  };
}

import { namesOf } from '../flow/names.ts';
import type { Rule } from './rule.ts';

export const useBeforeDef: Rule = {
  id: 'use-before-def',
  severity: 'error',
  title: 'a name used before it is defined, or never defined',
  why: 'It works only in a kernel that remembers deleted or reordered cells: run from the top, it ends with a NameError.',
  fix: 'Define it in a cell above the first use, then restart the kernel and run all cells.',
  *check({ trees, magics }) {
    // These bring names that cannot be seen from here.
    if (
      magics.some(({ name }) => /^(run|pylab|load|loadpy|store|matplotlib_inline|load_ext_names)$/.test(name))
    )
      return;
    for (const { node, name, definedIn } of namesOf(trees, magics).missing) {
      const where =
        definedIn === undefined ? 'is defined nowhere' : `is defined only below, in cell ${definedIn}`;
      yield { at: node, message: `\`${name}\` ${where}` };
    }
  },
};

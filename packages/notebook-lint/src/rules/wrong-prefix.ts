import type { Analysis } from '../analysis.ts';
import { stringText } from '../python/call.ts';
import { walk } from '../python/node.ts';
import { modelNameOf } from './encoder.ts';
import type { Rule } from './rule.ts';

/** Models that were trained with a word before each text, as their cards say. Those with instructions are not here. */
const PREFIXED: readonly (readonly [RegExp, RegExp, string])[] = [
  [
    /(^|\/)(multilingual-)?e5-(small|base|large)(-v2|-unsupervised)?$/i,
    /\b(query|passage): ?$|^(query|passage): /,
    '`query: ` and `passage: `',
  ],
  [
    /(^|\/)nomic-embed-text-v[\d.]+$/i,
    /search_(query|document): ?/,
    '`search_query: ` and `search_document: `',
  ],
];

export const wrongPrefix: Rule = {
  id: 'wrong-prefix',
  severity: 'warning',
  title: 'a model that needs a prefix before each text, without it',
  why: 'The model was trained with these words: without them search is worse, and nothing says so.',
  fix: '`embed: { queryPrefix: "query: ", passagePrefix: "passage: " }` puts them before questions and passages.',
  *check(analysis) {
    for (const { node, name, arguments: args } of analysis.calls) {
      if (name !== 'encode' || args.splat || args.named.has('prompt') || args.named.has('prompt_name'))
        continue;
      const model = modelNameOf(node, analysis);
      const needed = PREFIXED.find(([form]) => model !== undefined && form.test(model));
      if (needed && !mentions(needed[1], analysis))
        yield { at: node, message: `\`${model}\` needs ${needed[2]} before its texts` };
    }
  },
};

/** Anywhere in the notebook: where the prefix is put before the texts is not followed. */
function mentions(prefix: RegExp, { trees }: Analysis): boolean {
  return trees.some((tree) =>
    [...walk(tree)].some((node) => node.type === 'string' && prefix.test(stringText(node)!)),
  );
}

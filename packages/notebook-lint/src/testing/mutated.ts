import fc from 'fast-check';
import { ipynb } from './notebook.ts';

const SNIPPETS = [
  'import pandas as pd\ndf = pd.read_csv("a.csv")\ndf["e"] = df.text.apply(lambda x: model.encode(x))',
  'for i, row in df.iterrows():\n    try:\n        openai.Embedding.create(input=row["text"])\n    except:\n        time.sleep(1)',
  '%%time\n!pip install a b==1\nx = !ls\n%pip install c',
  'def f(a, b=1, *c, **d):\n    global e\n    return [g for g in a if g > b]\nclass H:\n    def i(self):\n        self.j = f',
  'x = f"{a!r:>{b}} {c}" "d" \'e\'\ny: int = (z := 3)',
  'with open("a") as f, g(): text = f.read()\nlambda x: x\nprint "a", b',
  '',
];

/** Code as people write it, with bytes flipped, cut, nested or very long. */
const source = fc
  .tuple(
    fc.array(fc.oneof(fc.constantFrom(...SNIPPETS), fc.string({ unit: 'binary' })), { maxLength: 4 }),
    fc.nat(),
    fc.nat(3),
  )
  .map(([parts, at, how]) => {
    const text = parts.join('\n');
    const place = text.length === 0 ? 0 : at % text.length;
    if (how === 0) return text.slice(0, place);
    if (how === 1) return text.slice(0, place) + String.fromCharCode(at % 0x3000) + text.slice(place + 1);
    if (how === 2) return text.slice(0, place) + '([{'[at % 3]!.repeat(at % 3000) + text.slice(place);
    return text;
  });

const longSource = fc
  .tuple(
    fc.constantFrom(
      'x = [',
      'x = a',
      '"""',
      'if a:\n',
      '    ',
      'f(',
      'a.b',
      '%',
      '\\\n',
      'lambda: ',
      'top_',
      '# ',
      'a = ',
      '@',
      'x.y(',
      "'/home/",
      '1, ',
    ),
    fc.integer({ min: 1, max: 20_000 }),
  )
  .map(([part, times]) => part.repeat(times));

const cell = fc.record(
  {
    cell_type: fc.oneof(
      { weight: 8, arbitrary: fc.constant('code') },
      fc.constantFrom('markdown', 'raw', 7, null),
    ),
    source: fc.oneof(
      { weight: 8, arbitrary: source },
      { weight: 1, arbitrary: longSource },
      fc.array(fc.jsonValue()),
      fc.jsonValue(),
    ),
    execution_count: fc.oneof(fc.nat(99), fc.jsonValue()),
    outputs: fc.oneof(fc.constant([{ output_type: 'execute_result' }]), fc.jsonValue()),
  },
  { requiredKeys: [] },
);

const document = fc
  .record(
    {
      nbformat: fc.constantFrom<unknown>(3, 4, 5, '4', null),
      metadata: fc.oneof(fc.constant({ kernelspec: { name: 'python3' } }), fc.jsonValue()),
      cells: fc.oneof(
        {
          weight: 8,
          arbitrary: fc.array(fc.oneof({ weight: 8, arbitrary: cell }, fc.jsonValue()), { maxLength: 6 }),
        },
        fc.jsonValue(),
      ),
      worksheets: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  .map((value) => JSON.stringify(value));

/** Texts of notebooks that were cut, had characters flipped, types changed, values nested or made very long. */
export const mutatedNotebook: fc.Arbitrary<{ file: string; text: string }> = fc.oneof(
  { weight: 6, arbitrary: document.map((text) => ({ file: 'a.ipynb', text })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(document, fc.nat())
      .map(([text, at]) => ({ file: 'a.ipynb', text: text.slice(0, at % (text.length + 1)) })),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(source, { maxLength: 5 })
      .map((parts) => ({ file: 'a.py', text: parts.join('\n# %%\n') })),
  },
  {
    weight: 1,
    arbitrary: fc.array(source, { maxLength: 5 }).map((parts) => ({
      file: 'a.py',
      text: ['# Databricks notebook source', ...parts].join('\n# COMMAND ----------\n'),
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 5000 })
      .map((depth) => ({ file: 'a.ipynb', text: `{"cells":${'['.repeat(depth)}${']'.repeat(depth)}}` })),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map((text) => ({ file: 'a.ipynb', text })) },
  {
    weight: 1,
    arbitrary: source.map((text) => ({
      file: 'a.ipynb',
      text: ipynb([{ source: text, count: 1, outputs: ['execute_result'] }]),
    })),
  },
);

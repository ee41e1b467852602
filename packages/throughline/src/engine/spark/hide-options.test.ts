import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hideOptions } from './hide-options.ts';

const PATTERN = 'spark.sql.redaction.string.regex';

/** What is hidden afterwards, and how often that was set. */
async function hiddenIn(made: Record<string, string>) {
  const settings = new Map(Object.entries(made));
  let times = 0;
  const session = {
    settings: async () => settings,
    set: async (values: Readonly<Record<string, string>>) => {
      times++;
      for (const [key, value] of Object.entries(values)) settings.set(key, value);
    },
  };
  await hideOptions(session);
  await hideOptions(session);
  return { pattern: settings.get(PATTERN)!, times };
}

test('the options of a reader are hidden beside what a cluster hides by either of its settings, and set once', async () => {
  const alone = await hiddenIn({});
  assert.match(`OPTIONS ('password' 'x')`, new RegExp(alone.pattern.replace('(?s:', '(?:')));
  const theirs = String.raw`(?i)password=\S+`;
  for (const key of [PATTERN, 'spark.redaction.string.regex'])
    assert.deepEqual(await hiddenIn({ [key]: theirs }), { pattern: `${alone.pattern}|${theirs}`, times: 1 });
  assert.equal(
    (await hiddenIn({ [PATTERN]: '', 'spark.redaction.string.regex': theirs })).pattern,
    `${alone.pattern}|${theirs}`,
  );
});

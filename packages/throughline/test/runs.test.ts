/** What is recorded of runs, and what two of them differ in. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { RunsDiff } from '../src/run/index.ts';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';

test('a diff of two runs names the setting that was changed, and the figures that changed with it', async (t) => {
  const made = await project(t, toCsv(complaints(40)), { themes: { sample: 100 } });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
      cwd: made.folder,
    });
  git('init', '-q');
  git('add', 'throughline.yaml');
  git('commit', '-qm', 'first');
  assert.equal((await made.call('run', '--json')).code, 0);
  await made.configure({ themes: { sample: 100 }, split: { maxTokens: 64 } });
  assert.equal((await made.call('run', '--json')).code, 0);
  const { json: diff } = await made.call<RunsDiff>('runs', 'diff', 'previous', 'latest', '--json');
  const causes = Object.fromEntries(diff.causes.map(({ what, ...values }) => [what, values]));
  assert.deepEqual(causes, {
    'settings.split.maxTokens': { after: 64 },
    'git.dirty': { before: false, after: true },
  });
  const figures = diff.figures.map(({ what }) => what);
  assert.ok(figures.includes('passages') && figures.includes('build'), figures.join());
  assert.ok(!figures.includes('records'));
  const { json: shown } = await made.run<{
    manifest: { git: { commit: string }; host: object; result: { tables: object } };
  }>(...['runs', 'show', 'latest', '--json']);
  assert.match(shown.manifest.git.commit, /^[0-9a-f]{40}$/);
  assert.ok('passages' in shown.manifest.result.tables);
  const printed = await made.call('runs', 'diff', 'previous', 'latest');
  assert.match(printed.stdout, /settings\.split\.maxTokens\s+-\s+64/);
  const unknown = await made.call('runs', 'show', 'nope');
  assert.equal(unknown.code, 64);
  assert.match(unknown.stderr, /throughline runs/);
});

/** Themes that a program of the user's finds: one lake from the first fit to a program that fails. */
import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { agreement } from '@throughline/themes';
import type { CheckResult } from '../src/doctor/doctor.ts';
import type { RunResult } from '../src/run/index.ts';
import type { ThemesList } from '../src/theme/index.ts';
import { complaints, toCsv } from './complaints.ts';
import { KIT } from './mapper-programs.ts';
import { type Project, project } from './project.ts';
import { type Row, readBuild, readTable } from './tables.ts';

const short = complaints(1_000).map((row) => ({ ...row, narrative: row.narrative.slice(0, 160) }));
const rows = [/credit card/i, /debt collection/i, /mortgage/i].flatMap((name) =>
  short.filter(({ product }) => name.test(product)).slice(0, 30),
);

/** k-means from the first rows, in plain Python; every seventh row is left out. Writes what it gave. */
const cluster = (count: number, names: string) => `import json
import throughline_mapper as mapper


def distance(a, b):
    return sum((x - y) ** 2 for x, y in zip(a, b))


def cluster(rows):
    print("rows:", len(rows))
    vectors = [row["vector"] for row in rows]
    centres = vectors[:${count}]
    for _ in range(8):
        near = [min(range(${count}), key=lambda c: distance(vector, centres[c])) for vector in vectors]
        groups = [[v for v, c in zip(vectors, near) if c == centre] for centre in range(${count})]
        centres = [[sum(column) / len(group) for column in zip(*group)] for group in groups]
    labels = [None if i % 7 == 3 else ${names}[c] for i, c in enumerate(near)]
    with open("labels.json", "w") as file:
        json.dump([[row["text"], label] for row, label in zip(rows, labels)], file)
    return labels


mapper.cluster(cluster)
`;

const config = {
  chunk: { by: 'date_received', every: '10y' },
  themes: {
    method: 'command',
    command: ['python3', 'cluster.py'],
    order: ['timestamp', 'id'],
    timeout: '60s',
  },
};

async function ok<T>(made: Project, ...args: string[]): Promise<T> {
  const ran = await made.call<T>(...args, '--json');
  assert.equal(ran.code, 0, `${args.join(' ')}: ${ran.stderr}`);
  return ran.json;
}

const given = async (made: Project): Promise<[text: string, label: string | number | null][]> =>
  JSON.parse(await readFile(join(made.folder, 'labels.json'), 'utf8'));

/** Some days ahead: the month of the fit may be over before it is made. */
const SOON = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);

/** Rows of records that no freeze holds yet. */
const recent = rows
  .filter((_, i) => i % 6 === 0)
  .map((row, i) => ({
    ...{ ...row, complaint_id: `recent-${i}`, narrative: `${row.narrative} Now ${i}.` },
    date_received: SOON,
  }));
const isRecent = ({ _id }: Row) => String(_id).startsWith('recent-');
const assignmentsOf = (made: Project, version: string) => readTable(join(made.lake, 'assignments', version));

/** What the program said of each passage beside what the lake says of it. */
async function compared(made: Project, version: string) {
  const labels = new Map(await given(made));
  const { passages } = await readBuild(made.lake);
  const assignments = await assignmentsOf(made, version);
  const texts = new Map(passages.map(({ _passage, _text }) => [_passage, String(_text)]));
  return assignments.map(({ _passage, _id, _theme, _score }) => ({
    _id,
    label: labels.get(texts.get(_passage)!),
    theme: _theme,
    score: Number(_score),
  }));
}

async function pastOf(made: Project, version: string): Promise<Row[]> {
  const all = await assignmentsOf(made, version);
  const key = (row: Row) => String(row._passage);
  return all.filter((row) => !isRecent(row)).sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

test('the groups are those of the program, its own edits bring a fit, and what is past can stay', async (t) => {
  const made = await project(t, toCsv([...rows, ...recent]), config);
  await cp(KIT, join(made.folder, 'throughline_mapper.py'));
  await made.write('cluster.py', cluster(3, '["Red", "Green", "Blue"]'));
  const { checks } = await ok<{ checks: CheckResult[] }>(made, 'doctor');
  const { message } = checks.find(({ check }) => check === 'themes')!;
  assert.match(message, /^python3 cluster\.py gave 400 texts 3 labels in \d+ ms$/);

  const first = await ok<RunResult>(made, 'run');
  const before = await ok<ThemesList>(made, 'themes');
  const all = await compared(made, first.themes!);
  const put = all.filter(({ label }) => label !== null);
  assert.ok(all.length >= rows.length && put.length < all.length);
  assert.ok(put.every(({ label }) => label !== undefined));
  assert.equal(
    agreement(
      put.map(({ label }) => label),
      put.map(({ theme }) => theme),
    ).ari,
    1,
  );
  assert.ok(put.every(({ score }) => score === 1));
  // What is in no theme of its own is assigned as a passage that came later.
  assert.ok(all.every(({ theme }) => before.themes.some(({ id }) => id === theme)));
  assert.ok(all.some(({ label, score }) => label === null && score < 1));
  assert.deepEqual(before.themes.map(({ label }) => label).sort(), ['Blue', 'Green', 'Red']);
  assert.ok(before.themes.every(({ keywords }) => keywords.length > 0));

  // What is in none for certain can be left out; what has a label never is.
  const asked = await given(made);
  await made.configure({ ...config, themes: { ...config.themes, minScore: 1 } });
  const kept = await ok<RunResult>(made, 'run');
  assert.equal(kept.themesFit!.refit, false, kept.themesFit!.why);
  assert.deepEqual(await given(made), asked);
  const left = (await compared(made, kept.themes!)).filter(({ theme }) => theme === null);
  assert.ok(left.length > 0 && left.every(({ label }) => label === null));

  // Passages of months that are over keep what was found of them.
  await made.configure({ ...config, themes: { ...config.themes, freeze: '1M' } });
  await made.write('cluster.py', cluster(2, '[7, 0]'));
  const why = 'the program of themes.command has changed';
  const second = await ok<RunResult>(made, 'run');
  assert.deepEqual(second.themesFit, { refit: true, reason: 'settings', why });
  const again = (await compared(made, second.themes!)).filter(
    (row) => isRecent(row) && typeof row.label === 'number',
  );
  assert.equal(new Set(again.map(({ label }) => label)).size, 2);
  assert.equal(
    agreement(
      again.map(({ label }) => label),
      again.map(({ theme }) => theme),
    ).ari,
    1,
  );
  const past = await pastOf(made, first.themes!);
  assert.deepEqual(await pastOf(made, second.themes!), past);
  const after = await ok<ThemesList>(made, 'themes');
  assert.match((await made.call('themes')).stdout, /passages, \d+\.\d %, faded$/m);
  const faded = after.themes.filter(({ status }) => status === 'faded');
  const found = after.themes.filter(({ status }) => status !== 'faded');
  assert.ok(found.length === 2 && faded.length > 0);
  for (const theme of faded) {
    const old = before.themes.find(({ id }) => id === theme.id)!;
    assert.deepEqual([theme.label, theme.keywords], [old.label, old.keywords]);
    assert.equal(theme.size, past.filter(({ _theme }) => _theme === theme.id).length);
  }
  assert.ok(found.some(({ id }) => before.themes.some((old) => old.id === id)));

  // They can be edited as others, and stay over one more fit, in which themes are those of the last one.
  await ok(made, 'themes', 'merge', faded[0]!.id, found[0]!.id);
  await ok(made, 'themes', 'fit');
  const third = await ok<ThemesList>(made, 'themes');
  const merged = past.map((row) => (row._theme === faded[0]!.id ? { ...row, _theme: found[0]!.id } : row));
  assert.deepEqual(await pastOf(made, third.version), merged);
  await ok(made, 'themes', 'undo', '1');
  const undone = await ok<ThemesList>(made, 'themes');
  assert.deepEqual(await pastOf(made, undone.version), past);
  assert.deepEqual(
    undone.themes.map(({ id, size, label }) => [id, size, label]),
    after.themes.map(({ id, size, label }) => [id, size, label]),
  );
  // One that is found leads into it as long as the edit stands; then it is what it was.
  await ok(made, 'themes', 'merge', found[1]!.id, faded[0]!.id);
  const joint = (await ok<ThemesList>(made, 'themes')).themes.find(({ id }) => id === faded[0]!.id)!;
  assert.deepEqual([joint.status, joint.size], ['merged', faded[0]!.size + found[1]!.size]);
  assert.notDeepEqual(joint.keywords, faded[0]!.keywords);
  await ok(made, 'themes', 'undo', '3');
  const apart = await ok<ThemesList>(made, 'themes');
  const parted = apart.themes.find(({ id }) => id === faded[0]!.id)!;
  const what = ({ status, size, label, keywords }: typeof joint) => ({ status, size, label, keywords });
  assert.deepEqual(what(parted), what(faded[0]!));
  const alone = await made.call<{ checks: unknown }>('compare', '--alone', '--fit');
  assert.equal(alone.code, 0, alone.stdout + alone.stderr);

  await made.write('cluster.py', `${cluster(2, '[7, 0]').replace('return labels', 'return labels[1:]')}`);
  const failed = await made.call('run');
  assert.equal(failed.code, 69);
  assert.match(
    failed.stderr,
    /themes\.command, python3: it gave up: ValueError: \d+ labels for \d+ rows .*it printed: rows: \d+/,
  );
  assert.equal((await ok<ThemesList>(made, 'themes')).version, apart.version);
});

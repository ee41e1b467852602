/**
 * A pipeline changes its model again and again under fifty questions a second, and the run that makes the new build is killed now and then:
 * no question fails, and every answer is that of one model.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { existingLake } from '../../src/lake/lake.ts';
import { followSearcher, openSearcher, type SearchResult } from '../../src/search/index.ts';
import { ended, start } from '../cli.ts';
import { complaints, toCsv } from '../complaints.ts';
import { random } from '../kill.ts';
import { type Project, project } from '../project.ts';

/** Some 1.45 passages each: 100,000 passages. */
const RECORDS = Number(process.env.THROUGHLINE_SWAP_RECORDS ?? 69_000);
const PER_SECOND = 50;
const KILLS_OF_A_SWAP = 6;
/** Each makes some four whole builds, the killed ones together. */
const SWAPS = RECORDS > 20_000 ? 1 : 4;
const QUESTIONS = ['late fees on my mortgage', 'debt collector calls', 'credit report account', 'card'];
/** Another dimension is another model. All versions stay, to be asked again at the end. */
const settings = (dimension: number) => ({
  chunk: { by: 'date_received', every: '1M' },
  embed: { model: 'hash', dimension },
  index: { keep: 10 },
});

test('a model is swapped under load, with kills', async (t) => {
  const made = await project(t, rows(), settings(64));
  const before = performance.now();
  const first = await made.run('run', '--json');
  assert.equal(first.code, 0, first.stderr);
  const wholeMs = performance.now() - before;
  assert.ok(first.json.passages > 1.4 * RECORDS, `${first.json.passages} passages`);

  const stop = new AbortController();
  const asking = askAllTheWhile(made, stop.signal);
  const chance = random(20261127);
  let killed = 0;
  for (let swap = 1; swap <= SWAPS; swap++) {
    await made.configure(settings(64 + 16 * swap));
    for (let kill = 0; kill < KILLS_OF_A_SWAP; kill++) {
      const running = start(['run', '--json'], { cwd: made.folder });
      const done = ended(running);
      await Promise.race([done, sleep(chance() * wholeMs * 0.7)]);
      if (running.exitCode !== null) break;
      running.kill('SIGKILL');
      killed++;
      await done;
    }
    const last = await made.run('run', '--json');
    assert.equal(last.code, 0, last.stderr);
  }
  await sleep(3_000);
  stop.abort();
  const { answers, late } = await asking;
  await checkAnswers(made, answers);
  const versions = new Set(answers.map(({ index }) => index));
  t.diagnostic(
    `${killed} kills, ${answers.length} answers, ${late} s behind, versions ${[...versions].join(', ')}`,
  );
  assert.ok(killed >= 2 * SWAPS, `${killed} kills`);
  assert.ok(versions.size >= 2, `${versions.size} versions`);
});

/** Complaints, each begun by one and ended by another: copies of few would be too alike for an index to find the nearest of them. */
function rows(): string {
  const some = complaints(1_500);
  return toCsv(
    Array.from({ length: RECORDS }, (_, i) => {
      const like = some[i % some.length]!;
      const [begun, ended] = [like, some[(i * 7 + Math.floor(i / some.length)) % some.length]!].map(
        ({ narrative }) => narrative.split(' '),
      );
      const half = (words: string[]) => Math.ceil(words.length / 2);
      const narrative = [...begun!.slice(0, half(begun!)), ...ended!.slice(half(ended!))].join(' ');
      return { ...like, complaint_id: `${like.complaint_id}-${i}`, narrative: `${narrative} Case ${i}.` };
    }),
  );
}

async function askAllTheWhile(made: Project, signal: AbortSignal) {
  await using searcher = await followSearcher(await existingLake(made.lake), {
    onError: (error) => console.error(error.message),
  });
  const answers: SearchResult[] = [];
  const asked: Promise<unknown>[] = [];
  const started = performance.now();
  for (let n = 0; !signal.aborted; n++) {
    asked.push(
      searcher
        .search({ query: QUESTIONS[n % QUESTIONS.length]!, limit: 5 })
        .then((answer) => answers.push(answer)),
    );
    await sleep(Math.max(0, started + (n * 1_000) / PER_SECOND - performance.now()));
  }
  const late = (performance.now() - started) / 1_000 - asked.length / PER_SECOND;
  await Promise.all(asked);
  return { answers, late: Math.round(late) };
}

/** Each answer is what its version says alone. */
async function checkAnswers({ lake }: Project, answers: readonly SearchResult[]): Promise<void> {
  const shown = ({ hits }: SearchResult) =>
    JSON.stringify(hits.map(({ recordId, score }) => [recordId, score]));
  for (const version of new Set(answers.map(({ index }) => index))) {
    await using searcher = await openSearcher(await existingLake(lake), { version });
    const right = new Set<string>();
    for (const query of QUESTIONS) right.add(shown(await searcher.search({ query, limit: 5 })));
    for (const answer of answers) if (answer.index === version) assert.ok(right.has(shown(answer)), version);
  }
}

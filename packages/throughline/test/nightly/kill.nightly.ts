/** The default model on 600 rows, killed 20 times at random moments of the run. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended, start } from '../cli.ts';
import { complaints, toCsv } from '../complaints.ts';
import { random } from '../kill.ts';
import { project } from '../project.ts';
import { publications } from '../publications.ts';
import { assertConsistent, assertSameLake } from '../same-lake.ts';
import { readTable } from '../tables.ts';

const DATA = toCsv(complaints(600));
const CONFIG = { chunk: { by: 'date_received', every: '1M' }, embed: { model: 'minilm' } };
const KILLS = 20;

test('killed 20 times, a run with the default model leaves the lake of one that never was', async (t) => {
  const seed = Number(process.env.THROUGHLINE_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const next = random(seed);
  const undisturbed = await project(t, DATA, CONFIG);
  const started = performance.now();
  const done = await undisturbed.run('run', '--json');
  const wholeMs = performance.now() - started;
  assert.equal(done.code, 0, done.stderr);
  t.diagnostic(
    `seed ${seed}: undisturbed in ${Math.round(wholeMs)} ms, ${done.json.embedded} texts embedded`,
  );

  const killed = await project(t, DATA, CONFIG);
  let kills = 0;
  for (let i = 0; kills < KILLS && i < 4 * KILLS; i++) {
    const child = start(['run', '--json'], { cwd: killed.folder });
    const result = ended(child);
    // Some die while they start; the longest live for a quarter of the whole.
    const afterMs = Math.round(300 + (next() * wholeMs) / 4);
    const timer = sleep(afterMs).then(() => child.kill('SIGKILL'));
    const { code, signal, stderr } = await result;
    await timer;
    const last = stderr.trim().split('\n').at(-1);
    t.diagnostic(
      `${afterMs} ms: ${signal ?? `done (${code})`}, ${await vectorsIn(killed.lake)} vectors, ${await publications(killed.lake)} chunks, "${last}"`,
    );
    if (signal === 'SIGKILL') kills++;
    else assert.equal(code, 0, stderr);
    if (signal === null) await killForced(killed.folder, next);
  }
  assert.equal(kills, KILLS);
  const last = await killed.run('run', '--json');
  assert.equal(last.code, 0, last.stderr);
  await assertConsistent(killed);
  await assertSameLake(killed, undisturbed);
});

/** Vectors that are kept, in all models' tables. */
async function vectorsIn(lake: string): Promise<number> {
  const models = await readdir(join(lake, 'vectors')).catch(() => []);
  const tables = await Promise.all(
    models.map((model) => readTable(join(lake, 'vectors', model)).catch(() => [])),
  );
  return tables.flat().length;
}

/** Kills a run that publishes every chunk again, so that the next has something to do. */
async function killForced(cwd: string, next: () => number): Promise<void> {
  const child = start(['run', '--force', '--json'], { cwd });
  const result = ended(child);
  await sleep(500 + next() * 2_000);
  child.kill('SIGKILL');
  await result;
}

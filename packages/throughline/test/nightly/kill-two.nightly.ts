import test from 'node:test';
import { killTwo } from '../kill-two.ts';

const SEED = Number(process.env.THROUGHLINE_SEED ?? Math.floor(Math.random() * 2 ** 31));

test('two runs at once, killed and halted at 200 random moments, leave the tables of a run in peace', async (t) => {
  await killTwo(t, { rows: 1_800, seed: SEED, disturbances: 200, perLake: 40 });
});

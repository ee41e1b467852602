import test from 'node:test';
import { killTwo } from './kill-two.ts';

test('two runs at once, killed and halted at random moments, leave the tables of a run in peace, and pay hardly a text twice', async (t) => {
  await killTwo(t, { rows: 400, seed: 20_260_101, disturbances: 8, perLake: 12 });
});

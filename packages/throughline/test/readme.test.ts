import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readersFolder, stepsOf, takeSteps } from './page-examples.ts';

const PACKAGE = join(import.meta.dirname, '..');
const COMPLAINTS = join(PACKAGE, '..', '..', 'demo', 'complaints.csv');

test("the README's program runs as it is written, and prints what it says", async (t) => {
  const folder = await readersFolder(t, {});
  const complaints = await readFile(COMPLAINTS, 'utf8');
  await writeFile(join(folder, 'complaints.csv'), complaints.slice(0, complaints.indexOf('\n', 60_000) + 1));
  await takeSteps(t, folder, stepsOf(await readFile(join(PACKAGE, 'README.md'), 'utf8')));
});

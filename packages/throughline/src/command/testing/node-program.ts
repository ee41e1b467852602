/** A program in Node that speaks the protocol of commands, for tests. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const PROGRAM = `import { appendFileSync } from 'node:fs';
appendFileSync('starts', '.');
const send = (message) => process.stdout.write(JSON.stringify({ v: 1, ...message }) + '\\n');
const rows = [];
let held = '';
process.stdin.setEncoding('utf8').on('data', (data) => {
  const lines = (held + data).split('\\n');
  held = lines.pop();
  for (const message of lines.map((line) => JSON.parse(line))) {
    if (message.type === 'row') rows.push(message);
    else if (message.type === 'flush') {
      appendFileSync('batches', rows.length + ' ');
      for (const row of rows.splice(0)) answer(row);
    }
  }
});
function answer({ id, ...row }) {
  BODY
}
`;

export interface NodeProgram {
  readonly command: string[];
  readonly directory: string;
  readonly timeoutMs: number;
  /** How often it was started. */
  starts(): Promise<number>;
  /** Rows of each batch. */
  batches(): Promise<number[]>;
}

/** `body` (JavaScript) answers `row` by `send({ type, id, ... })`. */
export async function nodeProgram(t: TestContext, body: string): Promise<NodeProgram> {
  const directory = await mkdtemp(join(tmpdir(), 'program-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  await writeFile(
    join(directory, 'program.mjs'),
    PROGRAM.replace('BODY', () => body),
  );
  const read = (name: string) => readFile(join(directory, name), 'utf8').catch(() => '');
  return {
    ...{ command: [process.execPath, 'program.mjs'], directory, timeoutMs: 20_000 },
    starts: async () => (await read('starts')).length,
    batches: async () => (await read('batches')).trim().split(' ').map(Number),
  };
}

/** The examples of a page of documentation, run as a reader would: files written, commands typed, outputs compared. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { BIN } from './cli.ts';

const NODE_MODULES = join(import.meta.dirname, '..', '..', '..', 'node_modules');
/** A block between two fences: its language, its lines. */
const BLOCK = /^```(\w+)\n(.*?)^```$/gms;
/** A file says its name in a comment on its first line. */
const NAME = /^(?:#|\/\/) ([\w-]+\.\w+)\n/;

export interface Example {
  command: string;
  /** Of standard output, as the page has it. */
  output: string;
}

export type Step = { file: string; text: string } | Example;

/**
 * What a reader does, from top to bottom: blocks whose first line is a comment with a file's name are files; in blocks of
 * the language `console` a line that begins with `$` is a command, and what follows is its output.
 */
export function stepsOf(page: string): Step[] {
  return [...page.matchAll(BLOCK)].flatMap(([, language, text]): Step[] => {
    if (language === 'console') return examplesOf(text!);
    const name = NAME.exec(text!)?.[1];
    return name === undefined ? [] : [{ file: name, text: text! }];
  });
}

function examplesOf(text: string): Example[] {
  const [before, ...sessions] = text.split(/^\$ /m);
  assert.equal(before, '', `a block of commands begins with "$ ": ${text}`);
  return sessions.map((session) => {
    const end = session.indexOf('\n');
    return { command: session.slice(0, end), output: session.slice(end + 1) };
  });
}

/** A folder with the files of the repository that the page asks for, by the names that it gives them. Removed afterwards. */
export async function readersFolder(t: TestContext, files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-page-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, '.bin'));
  await symlink(BIN, join(folder, '.bin', 'throughline'));
  await symlink(NODE_MODULES, join(folder, 'node_modules'));
  for (const [name, path] of Object.entries(files)) await symlink(path, join(folder, name));
  return folder;
}

/** Takes the steps in their order; each command is a test of its own. */
export async function takeSteps(t: TestContext, folder: string, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if ('file' in step) await writeFile(join(folder, step.file), step.text);
    else await t.test(`$ ${step.command}`, () => runExample(folder, step));
  }
}

function runExample(folder: string, { command, output }: Example): void {
  const ran = spawnSync(command, {
    shell: true,
    cwd: folder,
    env: {
      ...process.env,
      PATH: [join(folder, '.bin'), dirname(process.execPath), process.env.PATH].join(delimiter),
      // A page is a dozen processes that load the same modules.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(folder, '.compiled'),
    },
    encoding: 'utf8',
  });
  assert.equal(ran.status, 0, `${command}\n${ran.stdout}${ran.stderr}`);
  if (!agrees(ran.stdout, output)) assert.equal(ran.stdout, output);
}

const DECIMAL = /-?\d+\.\d+/g;

/**
 * Whether an output is what a page says. `...` stands for anything in a line, and alone on a line for any lines. How many
 * blanks there are does not count, nor do empty lines. A number with decimals may be one off in its last place: processors
 * differ in how they round.
 */
export function agrees(actual: string, expected: string): boolean {
  const pattern = linesOf(expected).map((line) => (line === '...' ? '(?:.*\n)*?' : `${patternOf(line)}\n`));
  const found = new RegExp(`^${pattern.join('')}$`).exec(`${linesOf(actual).join('\n')}\n`);
  if (!found) return false;
  const said = expected.match(DECIMAL) ?? [];
  return said.every((number, i) => isNear(found[i + 1]!, number));
}

function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => line.trim().replace(/\s+/g, ' ') || []);
}

function patternOf(line: string): string {
  const literal = (text: string) => text.split('...').map(escaped).join('.*');
  return line.split(DECIMAL).map(literal).join('(-?\\d+\\.\\d+)');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function isNear(actual: string, said: string): boolean {
  const decimals = said.split('.')[1]!.length;
  return (
    actual.split('.')[1]!.length === decimals &&
    Math.abs(Number(actual) - Number(said)) < 1.5 * 10 ** -decimals
  );
}

/** A notebook of examples/notebooks taken all the way: linted, a pipeline made of it, run, compared, judged by another program. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { BIN, run } from './cli.ts';

const execute = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..', '..');
export const NOTEBOOKS = join(ROOT, 'examples', 'notebooks');

export interface Verdict {
  rows: number;
  idsEqual: boolean;
  queries: number;
  sameTopTen: number;
  questions: { asked: number; same: number };
  leastCosine: number;
  unedited: { functions: number; same: number };
  ari?: number;
}

export interface Journey {
  notebook: string;
  /** What the notebook writes, as arguments of compare. */
  results: readonly string[];
  /** All that is asked, and what a person writes into throughline.yaml for it. */
  answers: readonly { question: RegExp; edit: readonly [from: string, to: string] }[];
  environment?: Record<string, string>;
  /** What is done to the pipeline before it is judged, to see that the judge sees it. */
  spoil?: (pipeline: string) => Promise<void>;
}

/** The demo's complaints and the notebooks, where they are in a checkout, and `throughline` and `python3` on the path. */
export async function checkout(t: TestContext, python: string): Promise<{ folder: string; path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-notebook-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await symlink(join(ROOT, 'demo'), join(folder, 'demo'));
  await cp(NOTEBOOKS, join(folder, 'examples', 'notebooks'), { recursive: true });
  const bin = join(folder, '.bin');
  await mkdir(bin);
  await writeFile(join(bin, 'throughline'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
  await chmod(join(bin, 'throughline'), 0o755);
  return { folder, path: [dirname(python), bin, process.env.PATH].join(delimiter) };
}

/** `modules`: a folder of Python modules that the judge needs besides. */
export async function takeOver(
  t: TestContext,
  python: string,
  { notebook, results, answers, environment = {}, spoil }: Journey,
  modules?: string,
): Promise<Verdict> {
  const { folder, path } = await checkout(t, python);
  const env = { PATH: path, ...environment };
  const cli = <T>(cwd: string, ...args: string[]) => run<T>(args, { cwd: join(folder, cwd), env });
  const file = `examples/notebooks/${notebook}.ipynb`;
  const judge = async (...args: string[]) => {
    const more = modules === undefined ? {} : { PYTHONPATH: modules };
    const { stdout } = await execute(python, [join('examples', 'notebooks', 'judge.py'), file, ...args], {
      ...{ cwd: folder, env: { ...process.env, ...env, ...more }, maxBuffer: 1 << 26 },
    });
    return stdout;
  };

  await judge();
  const linted = await cli<{ findings: unknown[] }>('.', 'lint', file, '--json', '--fail-on', 'never');
  assert.equal(linted.code, 0, linted.stderr);
  assert.ok(linted.json.findings.length > 0);

  const made = await cli<{ questions: string[] }>(
    '.',
    ...['init', '--from', file, '--out', 'pipeline', '--yes', '--json'],
  );
  assert.equal(made.code, 0, made.stderr);
  const asked = made.json.questions;
  assert.equal(asked.length, answers.length, asked.join('\n'));
  const config = join(folder, 'pipeline', 'throughline.yaml');
  let text = await readFile(config, 'utf8');
  for (const { question, edit } of answers) {
    assert.ok(asked.some((one) => question.test(one)));
    assert.ok(text.includes(edit[0]), edit[0]);
    text = text.replace(...edit);
  }
  await writeFile(config, text);

  const ran = await cli('pipeline', 'run', '--json');
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  const compared = await cli('pipeline', 'compare', ...results, './lake', '--report', 'parity.html');
  assert.equal(compared.code, 0, compared.stdout + compared.stderr);
  assert.match(await readFile(join(folder, 'pipeline', 'parity.html'), 'utf8'), /Data science/i);
  await spoil?.(join(folder, 'pipeline'));
  return JSON.parse(await judge('pipeline'));
}

/** What has to hold of each: all ids, ten best the same for at least 99 %, functions as they stand in the notebook. */
export function assertSame(verdict: Verdict): void {
  const shown = JSON.stringify(verdict);
  assert.ok(verdict.idsEqual && verdict.rows >= 150, shown);
  assert.ok(verdict.queries > 100 && verdict.sameTopTen >= 0.99, shown);
  assert.equal(verdict.questions.same, verdict.questions.asked, shown);
  assert.ok(verdict.leastCosine > 0.9999, shown);
  assert.equal(verdict.unedited.same, verdict.unedited.functions, shown);
}

/** A hub that gives the files of one folder, for one model at one revision. */
export async function startHub(t: TestContext, files: string, model: string): Promise<string> {
  const prefix = `/${model}/`;
  const server = createServer(async ({ url = '' }, response) => {
    const name = url.startsWith(prefix) ? url.slice(prefix.length) : undefined;
    const data = name && !name.includes('..') ? await readFile(join(files, name)).catch(() => {}) : undefined;
    if (data) response.end(data);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

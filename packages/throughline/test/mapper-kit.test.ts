/** The kit for functions in Python (`python/throughline_mapper.py`), as the pipeline speaks to it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { pythonVenv } from '../../../engines/python-venv.ts';
import { type RowAnswer, startCommand } from '../src/command/index.ts';
import { KIT } from './mapper-programs.ts';

const pandas = await pythonVenv(['pandas==2.2.3', 'numpy==2.1.3']);

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kit-'));
  await cp(KIT, join(folder, 'throughline_mapper.py'));
});
after(() => rm(folder, { recursive: true, force: true }));

async function program(code: string): Promise<string> {
  const name = `p${Math.random().toString(36).slice(2)}.py`;
  await writeFile(join(folder, name), `import throughline_mapper as mapper\n${code}\n`);
  return name;
}

/** What a program answers to each row of one batch. */
async function answers(code: string, rows: readonly object[], python = 'python3'): Promise<RowAnswer[]> {
  const command = ['env', 'LC_ALL=C', 'PYTHONIOENCODING=ascii', python, await program(code)];
  const process = startCommand({ command, directory: folder, timeoutMs: 20_000 });
  try {
    return await process.ask(rows);
  } finally {
    await process.close();
  }
}

const plain = (answer: RowAnswer) => {
  if (!('row' in answer)) return 'code' in answer ? `${answer.code}: ${answer.message}` : 'dropped';
  const { v: _v, type: _type, id: _id, ...rest } = answer.row;
  return rest;
};
const texts = (...all: string[]) => all.map((text) => ({ text }));
const columns = (...all: object[]) => all.map((one) => ({ columns: one }));

test('vectors are whatever has tolist(), and one that is none is the fault of its text alone', async () => {
  const code = `
class Vectors:
    def __init__(self, rows): self.rows = rows
    def tolist(self): return self.rows
class Number:
    def item(self): return 0.5
def embed(texts):
    of = {"nan": [float("nan"), 1], "words": ["a", "b"], "none": None, "own": [Number(), 2]}
    return Vectors([of.get(text, [len(text), 1.5]) for text in texts])
mapper.embed(embed)`;
  const got = await answers(code, texts('ab', 'nan', 'words', 'none', 'own'));
  assert.deepEqual(got.map(plain), [
    { vector: [2, 1.5] },
    'bad_vector: the vector has a number that is not finite: nan',
    'bad_vector: a vector is of numbers, not of str',
    'bad_vector: the function gave no vectors but NoneType',
    { vector: [0.5, 2] },
  ]);
});

test('a batch that fails is tried text by text, and only the bad ones are dead letters', async () => {
  const code = `
def embed(texts):
    if "bad" in texts: raise LookupError("no " + texts[0])
    return [[len(text)] for text in texts if text != "lost"]
mapper.embed(embed)`;
  const got = await answers(code, texts('a', 'bad', 'ccc', 'lost'));
  assert.deepEqual(
    got.map(plain).map((one) => (typeof one === 'string' ? one.replace(/p\w+\.py/, 'p.py') : one)),
    [
      { vector: [1] },
      'function_failed: LookupError: no bad (p.py, line 4)',
      { vector: [3] },
      'function_failed: ValueError: 0 vectors for 1 texts',
    ],
  );
});

test('what is printed, read or started breaks nothing, whatever the locale and the texts', async () => {
  const code = `
import os, subprocess, sys
print("at the start")
def embed(text):
    print("a text:", text)
    os.write(1, b"raw\\n")
    os.system("echo from a shell; cat")
    subprocess.run([sys.executable, "-c", "print(input())"], stderr=subprocess.DEVNULL)
    assert sys.stdin.read() == ""
    return [len(text), sum(map(ord, text)) % 97]
mapper.embed_each(embed)`;
  const all = ['a\u2028b\u0085c\r\nd', '\ud83d alone', '😀 and ünï', '\0', ''];
  const got = await answers(code, texts(...all));
  const lengths = got.map((answer) => ('row' in answer ? (answer.row.vector as number[])[0] : answer));
  assert.deepEqual(
    lengths,
    all.map((text) => [...text].length),
  );
});

test('rows are changed, left as they are, dropped or refused', async () => {
  const code = `
import datetime
def change(row):
    if row["text"] == "drop": return None
    if row["text"] == "list": return [1]
    if row["text"] == "deep": return {"text": {"a": 1}}
    row["text"] = "not seen"
    return {"n": 12345678901234567890, "ok": True, "x": 0.1, "none": None, "nan": float("nan"), "day": datetime.date(2024, 1, 2)}
mapper.rows(change)`;
  const got = await answers(
    code,
    columns({ text: 'a' }, { text: 'drop' }, { text: 'list' }, { text: 'deep' }),
  );
  assert.deepEqual(got.map(plain).slice(0, 2), [
    {
      columns: { n: '12345678901234567890', ok: 'true', x: '0.1', none: null, nan: null, day: '2024-01-02' },
    },
    'dropped',
  ]);
  assert.match(
    String(plain(got[2]!)),
    /^function_failed: TypeError: the function gave list instead of a dict/,
  );
  assert.match(String(plain(got[3]!)), /^function_failed: TypeError: a column holds a text, not dict/);
});

test('one column is changed, and nothing stays nothing', async () => {
  const code = 'mapper.column("text", lambda text: text.upper() if text else None)';
  const got = await answers(
    code,
    columns({ text: 'straße', id: '1' }, { text: null, id: '2' }, { txt: 'a' }),
  );
  assert.deepEqual(got.map(plain), [
    { columns: { text: 'STRASSE' } },
    { columns: {} },
    `function_failed: KeyError: "there is no column 'text' among ['txt']"`,
  ]);
});

test('pieces are a list of texts', async () => {
  const code = `mapper.split(lambda text: {"text": text, "numbers": [1]}.get(text, iter(text.split())))`;
  const got = await answers(code, texts('a b\u2028c', 'text', 'numbers'));
  assert.deepEqual(got.map(plain), [
    { passages: ['a', 'b', 'c'] },
    'function_failed: TypeError: the function gave a text instead of a list of texts',
    'function_failed: TypeError: a piece is a text, not int',
  ]);
});

test('labels are given to all rows together, or to none', async () => {
  const code = `
from array import array
class Number:
    def __init__(self, value): self.value = value
    def item(self): return self.value
class NAType: pass
def cluster(rows):
    assert all(isinstance(row["vector"], array) for row in rows)
    of = {"text": "Fees", "none": None, "nan": float("nan"), "na": NAType(), "own": Number(3), "whole": 2.0, "half": 0.5}
    return [of[row["text"]] for row in rows if row["text"] != "lost"]
mapper.cluster(cluster)`;
  const given = (...all: string[]) => all.map((text) => ({ text, vector: [0.5, 1] }));
  const got = await answers(code, given('text', 'none', 'nan', 'na', 'own', 'whole'));
  assert.deepEqual(
    got.map((answer) => 'row' in answer && answer.row.label),
    ['Fees', null, null, null, 3, 2],
  );
  const half = { message: /it gave up: TypeError: row 1: a label is a text or a whole number, not 0\.5/ };
  await assert.rejects(answers(code, given('text', 'half')), half);
  await assert.rejects(answers(code, given('text', 'lost')), /it gave up: ValueError: 1 labels for 2 rows/);
  const unknown = { message: /it gave up: KeyError: 'other' \(p\w+\.py, line \d+\)/ };
  await assert.rejects(answers(code, given('text', 'other')), unknown);
  await assert.rejects(answers(code, texts('text')), /it belongs into themes:/);
});

/** Runs a program by hand: what it prints, and how it ends. */
async function byHand(
  code: string,
  args: readonly string[],
  more: (child: ReturnType<typeof spawn>) => void,
) {
  const child = spawn('python3', [await program(code), ...args], { cwd: folder });
  const [out, error] = [textOf(child.stdout).catch(() => ''), textOf(child.stderr)];
  const ended = once(child, 'exit');
  more(child);
  const [status] = await ended;
  return { status, out: await out, error: await error };
}

test('the end of input, a reader that is gone and Ctrl-C are quiet', async () => {
  const echo = 'import sys\nsys.stderr.write("ready")\nmapper.embed_each(lambda text: [1.0] * 10000)';
  const asked = `${JSON.stringify({ type: 'row', id: '0', text: 'a' })}\n{"type":"flush"}\n`;
  const end = await byHand(echo, [], (child) => child.stdin!.end());
  assert.deepEqual(end, { status: 0, out: '', error: 'ready' });
  const gone = await byHand(echo, [], (child) => {
    child.stdin!.on('error', () => {});
    child.stdout!.destroy();
    child.stdin!.write(asked.repeat(50));
  });
  assert.deepEqual(gone, { status: 0, out: '', error: 'ready' });
  const stopped = await byHand(echo, [], (child) =>
    child.stderr!.once('data', () => setTimeout(() => child.kill('SIGINT'), 100)),
  );
  assert.deepEqual(stopped, { status: 130, out: '', error: 'ready' });
});

test('a program can be tried by hand', async () => {
  const split = await byHand('mapper.split(lambda text: text.split(";"))', ['--try', 'ä;b'], () => {});
  assert.deepEqual([split.status, JSON.parse(split.out)], [0, { type: 'row', passages: ['ä', 'b'] }]);
  const rows = 'mapper.rows(lambda row: {"a": row["a"] + "!"})';
  const row = await byHand(rows, ['--try', '{"a": "x"}'], () => {});
  assert.deepEqual(JSON.parse(row.out), { type: 'row', columns: { a: 'x!' } });
  assert.equal((await byHand(rows, ['--try', '{"b": "x"}'], () => {})).status, 1);
  const labels = 'mapper.cluster(lambda rows: [int(max(row["vector"])) for row in rows])';
  const label = await byHand(labels, ['--try', 'abba'], () => {});
  assert.deepEqual([label.status, JSON.parse(label.out)], [0, { type: 'row', label: 2 }]);
  const wrong = await byHand(rows, ['--try', 'x'], () => {});
  assert.deepEqual([wrong.status, wrong.out], [64, '']);
  assert.match(wrong.error, /name the columns/);
});

test('a frame is known by its index', { skip: pandas.ok ? false : pandas.reason }, async () => {
  const python = pandas.ok ? pandas.python : '';
  const rows = columns(
    { text: 'b B', n: '3', at: '2024-01-02' },
    { text: null, n: '4', at: null },
    { text: 'short', n: null, at: '2024-01-03' },
  );
  const code = `
import pandas
def clean(frame):
    frame = frame.dropna(subset=["text"]).sort_values("text", ascending=False)
    frame["text"] = frame["text"].str.lower()
    frame["length"] = frame["text"].str.len()
    frame["n"] = pandas.to_numeric(frame["n"]) * 2
    frame["at"] = pandas.to_datetime(frame["at"])
    return frame
mapper.frame(clean)`;
  const got = await answers(code, rows, python);
  assert.deepEqual(got.map(plain), [
    { columns: { text: 'b b', n: '6.0', at: '2024-01-02T00:00:00' } },
    'dropped',
    { columns: { text: 'short', n: null, at: '2024-01-03T00:00:00' } },
  ]);
  const lost = await answers(
    'mapper.frame(lambda frame: frame.dropna(subset=["text"]).reset_index(drop=True))',
    rows,
    python,
  );
  for (const one of [lost[0]!, lost[2]!])
    assert.match(String(plain(one)), /^function_failed: ValueError: the index of the frame has changed/);
});

test('a program in the wrong place says where it belongs', async () => {
  const wrong = { name: 'CommandFailure', message: /it belongs into embed: or split:/ };
  await assert.rejects(answers('mapper.embed(lambda texts: [])', columns({ a: 'b' })), wrong);
  await assert.rejects(answers('mapper.rows(lambda row: row)', texts('a')), /it belongs into transform:/);
});

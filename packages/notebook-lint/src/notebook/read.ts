import { readDatabricks } from './databricks.ts';
import { readIpynb } from './ipynb.ts';
import { type Notebook, NotebookError } from './notebook.ts';
import { readPercent } from './percent.ts';

const DATABRICKS = /^# Databricks notebook source[ \t]*(\r?\n|$)/;
const PERCENT = /^#[ \t]*%%/m;

/** Reads a notebook of any known form. Throws NotebookError where the text is none. */
export function readNotebook(text: string, file: string): Notebook {
  const clean = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (file.endsWith('.py')) return readScript(clean);
  if (/^\s*\{/.test(clean)) return readIpynb(clean);
  if (file.endsWith('.ipynb')) throw new NotebookError(notJson(clean));
  return readScript(clean);
}

/** Whether a Python file is written as a notebook: a Databricks export, or cells between percent marks. */
export function isNotebookScript(text: string): boolean {
  return DATABRICKS.test(text) || PERCENT.test(text);
}

function readScript(text: string): Notebook {
  const lines = text.split(/\r?\n/);
  if (DATABRICKS.test(text)) return readDatabricks(lines);
  if (PERCENT.test(text)) return readPercent(lines);
  const cell = { index: 0, kind: 'code', source: lines.join('\n'), firstLine: 1 } as const;
  return {
    format: 'script',
    kernel: { language: 'python', name: '' },
    cells: [{ ...cell, executionCount: undefined, outputs: undefined }],
    notes: [],
  };
}

function notJson(text: string): string {
  const start = text.trimStart().slice(0, 20);
  return start === '' ? 'the file is empty' : `the file is not JSON: it begins with ${JSON.stringify(start)}`;
}

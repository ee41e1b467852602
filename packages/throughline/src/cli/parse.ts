/** Values of options. What cannot be read is a usage error. */
import { InvalidArgumentError } from 'commander';
import { durationMs } from '../config/duration.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { SearchMode } from '../search/index.ts';

export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new InvalidArgumentError('It has to be a whole number from 1.');
  return count;
}

export function parseDate(text: string): string {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  if (!isDate) throw new InvalidArgumentError('It has to be a day: YYYY-MM-DD.');
  return text;
}

/** `local`, or the address of Spark Connect. */
export function parseEngine(text: string): string {
  if (text !== 'local' && !/^sc:\/\/[^/;]/.test(text))
    throw new InvalidArgumentError('It has to be local, or the address of a cluster: sc://host:15002.');
  return text;
}

export function parseCountFromZero(text: string): number {
  const count = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(count) || count < 0)
    throw new InvalidArgumentError('It has to be a whole number from 0.');
  return count;
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (text.trim() === '' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('It has to be a port: 0 to 65535.');
  return port;
}

/** A length of time in milliseconds: `12h`. */
export function parseDuration(text: string): number {
  if (!/^[1-9]\d*(ms|s|m|h|d|w)$/.test(text))
    throw new InvalidArgumentError('It has to be a length of time, such as 12h or 30d.');
  return durationMs(text);
}

const MODES = ['hybrid', 'semantic', 'keyword'];

export function parseMode(mode: string): SearchMode {
  if (MODES.includes(mode)) return mode as SearchMode;
  throw new ThroughlineError(`--mode ${mode}: it is one of ${MODES.join(', ')}`, {
    code: 'usage',
    exitCode: EXIT.usage,
  });
}

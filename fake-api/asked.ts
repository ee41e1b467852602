import type { IncomingMessage } from 'node:http';
import type { Asked } from './answer.ts';
import type { FakeApiOptions } from './options.ts';

/** A text with one of these in it is never embedded: refused with 400, answered with NaN, or with status 500. */
export const MARKS = { refused: '[[refuse]]', nan: '[[nan]]', crash: '[[crash]]' } as const;

/** Why a request is refused, as OpenAI says it. */
export interface Refused {
  readonly status: number;
  readonly message: string;
}

/** What the request asks for, or why it is refused. */
export function askedOf(body: string, options: FakeApiOptions): Asked | Refused {
  const request = parse(body);
  if (request === undefined) return { status: 400, message: 'the body is not a JSON object' };
  const { input, model, dimensions = options.dimension, encoding_format: encoding = 'float' } = request;
  const texts = typeof input === 'string' ? [input] : input;
  if (model !== options.model) return { status: 404, message: `the model ${String(model)} does not exist` };
  if (!Array.isArray(texts) || texts.length === 0 || !texts.every((text) => typeof text === 'string'))
    return { status: 400, message: '`input` must be a text or a list of texts' };
  if (
    !Number.isInteger(dimensions) ||
    (dimensions as number) < 1 ||
    (dimensions as number) > options.dimension
  )
    return { status: 400, message: `\`dimensions\` must be from 1 to ${options.dimension}` };
  if (encoding !== 'float' && encoding !== 'base64')
    return { status: 400, message: '`encoding_format` must be float or base64' };
  return refusedTexts(texts, options) ?? { texts, model, dimension: dimensions as number, encoding };
}

export function isRefused(asked: Asked | Refused): asked is Refused {
  return 'status' in asked;
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function refusedTexts(texts: readonly string[], { mostTexts }: FakeApiOptions): Refused | undefined {
  if (texts.length > mostTexts) return { status: 413, message: `more than ${mostTexts} texts` };
  const has = (mark: string) => texts.some((text) => text.includes(mark));
  if (has(MARKS.refused) || texts.includes(''))
    return { status: 400, message: 'a text violates the content policy' };
  if (has(MARKS.crash)) return { status: 500, message: 'the server had an error' };
  return undefined;
}

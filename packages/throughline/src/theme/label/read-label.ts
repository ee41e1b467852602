import { z } from 'zod';
import { type HttpResponse, InvalidResponseError, parseJson } from '../../http/index.ts';
import type { Named } from './evidence.ts';
import { MOST_DESCRIPTION, MOST_LABEL } from './prompt.ts';

const answer = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z.object({ total_tokens: z.int().nonnegative() }).nullish(),
});

/** One line that can be shown anywhere: no control or direction characters, no address, nothing that a page would obey. */
const plain = (most: number) =>
  z
    .string()
    .transform((text) => text.trim())
    .pipe(
      z
        .string()
        .min(2)
        .max(most)
        .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}<>`{}\\]+$/u)
        .regex(/^(?!.*(?:[a-z][a-z0-9+.-]*:\/\/|www\.|\S@\S+\.))/iu)
        .regex(/\p{L}/u),
    );

const named = z.strictObject({ label: plain(MOST_LABEL), description: plain(MOST_DESCRIPTION) });

/** The label of an answer of `/chat/completions`. Throws InvalidResponseError for anything else: it may be asked again. */
export function readLabel({ body }: Pick<HttpResponse, 'body'>): {
  value: Named;
  tokens: number | undefined;
} {
  const read = answer.safeParse(parseJson(body));
  if (!read.success)
    throw new InvalidResponseError(`the answer is no chat completion: ${issueOf(read.error)}`);
  const { message, finish_reason: reason } = read.data.choices[0]!;
  if (message.refusal) throw new InvalidResponseError('the model refused to answer');
  if (reason && reason !== 'stop')
    throw new InvalidResponseError(`the answer ended by ${reason.slice(0, 40)}`);
  const found = named.safeParse(contentOf(message.content ?? ''));
  if (!found.success) throw new InvalidResponseError(`the answer is no label: ${issueOf(found.error)}`);
  return { value: found.data, tokens: read.data.usage?.total_tokens };
}

function contentOf(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw new InvalidResponseError('the answer is no label: it is not JSON');
  }
}

function issueOf({ issues }: z.ZodError): string {
  const { path, message } = issues[0]!;
  return `${path.join('.') || 'it'}: ${message}`;
}

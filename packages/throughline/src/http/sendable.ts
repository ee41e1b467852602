import { EXIT, ThroughlineError } from '../error.ts';

interface Sendable {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Throws where no request can be made: before the first, and without telling a key. */
export function checkSendable({ url, headers = {} }: Sendable): void {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw notSendable(
      'the address of the API is not one of http or https',
      'Write it as https://HOST/v1/embeddings.',
    );
  for (const [name, value] of Object.entries(headers)) {
    try {
      new Headers([[name, value]]);
    } catch {
      throw notSendable(
        `the header "${name}" has characters that cannot be sent`,
        'A key is often copied with a line break at its end: look at the environment variable.',
      );
    }
  }
}

function notSendable(message: string, hint: string): ThroughlineError {
  return new ThroughlineError(message, { code: 'api_config', exitCode: EXIT.config, hint });
}

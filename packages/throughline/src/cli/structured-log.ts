/** Lines of JSON on standard error instead of lines for people: one for each fact, with the ids that it is about. */
import { type Logger, pino } from 'pino';
import { openRedaction } from '../redact.ts';
import { printable, type Terminal } from './terminal.ts';

/** The terminal with JSON in place of what it logs; results are printed as before. */
export function withStructuredLog(terminal: Terminal, env: NodeJS.ProcessEnv): Terminal {
  const logger = openLog(openRedaction(env));
  return {
    ...terminal,
    interactive: false,
    logger,
    status() {},
    clearStatus() {},
    log: (line) => void logger.info(line),
  };
}

function openLog(redact: (text: string) => string): Logger {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(printable(value));
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(clean);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clean(inner)]));
  };
  return pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        logMethod(given, method) {
          method.apply(this, given.map(clean) as typeof given);
        },
      },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

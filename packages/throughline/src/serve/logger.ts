/** One line of JSON for each fact, on standard error; what is secret is not in it. */
import { type Logger, pino } from 'pino';

const SECRETS = ['authorization', 'headers.authorization', 'req.headers.authorization', 'key.hash'];

export function openLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS, censor: '***' },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}

import type { Logger } from 'pino';
import type { RunReporter } from '../run/index.ts';

/** What is known anyway; rows that are done are told with their chunk. */
export function createLogReporter(logger: Logger): RunReporter {
  let run: string | undefined;
  const about = (fields: object = {}) => ({ ...(run !== undefined && { run }), ...fields });
  return {
    begun(id) {
      run = id;
      logger.info(about(), 'run begun');
    },
    ended: ({ status, seconds, ...counts }) =>
      logger.info(about({ status, seconds, ...counts }), 'run ended'),
    stage: (stage) => logger.info(about({ stage }), 'stage begun'),
    planned({ staged: { sourceRows, filtered }, due, unchanged }) {
      logger.info(about({ sourceRows, filtered, due: due.length, unchanged }), 'run planned');
    },
    rows() {},
    chunk({ id: chunk, attempt }, counts) {
      logger.info(about({ chunk, attempt, ...counts }), 'chunk published');
    },
    batch({ counts, ...news }) {
      logger.info(about({ ...news, ...counts }), 'micro-batch published');
    },
    chunkFailed({ id: chunk, attempt }, { code, message }) {
      logger.warn(about({ chunk, attempt, code, error: message }), 'chunk failed');
    },
    warning: (message) => logger.warn(about(), message),
    info: (message) => logger.info(about(), message),
  };
}

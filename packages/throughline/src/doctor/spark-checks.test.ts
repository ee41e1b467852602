import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SparkError } from '@throughline/spark-connect';
import { EXIT, ThroughlineError } from '../error.ts';
import { refused } from './spark-checks.ts';

/** As `cluster.ts` throws it. */
function failed(message: string, cause?: Error): ThroughlineError {
  return new ThroughlineError(message, { code: 'spark_failed', exitCode: EXIT.unavailable, cause });
}

test('a query that Spark refuses to plan says that TRANSFORM is refused, and where that is written about', () => {
  const said = '[UNSUPPORTED_FEATURE] Script transformation is off.\nat line 1';
  const cause = new SparkError([{ exception: 'x', message: said, parameters: {}, stack: [] }]);
  assert.throws(() => refused(failed(`Spark: ${said}`, cause)), {
    code: 'transform_refused',
    exitCode: 69,
    message: /does not work: Spark: \[UNSUPPORTED_FEATURE\] Script transformation is off\.$/,
    hint: /"Where TRANSFORM is refused" in docs\/spark\.md/,
  });
});

test('what is no answer of Spark is left as it is', () => {
  const gone = failed('Spark: No answer');
  assert.throws(() => refused(gone), gone);
});

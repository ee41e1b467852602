/**
 * Spark reads what we write, and we read what Spark writes: value by value, in turns on one table, and with newer features of
 * the protocol. One file, for Spark is started once for each.
 */
import { nightly } from '../../../engines/nightly.ts';
import { testInTurns } from './interop/in-turns.ts';
import { testPartitions } from './interop/partitions.ts';
import { testStatistics } from './interop/statistics.ts';
import { testValues } from './interop/values.ts';
import './spark-suites/checkpoints.ts';
import './spark-suites/column-mapping.ts';
import './spark-suites/deletion-vectors.ts';
import './spark-suites/exactly-once.ts';
import { spark } from './spark-suites/spark-counterpart.ts';
import './spark-suites/table-life.ts';

testValues(spark);
// By day these are asked of delta-rs alone, which takes a fraction of the time.
const sparkAtNight = { ...spark, skip: spark.skip || nightly };
testPartitions(sparkAtNight);
testStatistics(sparkAtNight);
testInTurns(sparkAtNight, { commits: 60, theirsEvery: 20 });

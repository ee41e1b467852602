/** Spark reads what we write, and we read what Spark writes: value by value, and in turns on one table. */
import { testInTurns } from './interop/in-turns.ts';
import { testPartitions } from './interop/partitions.ts';
import { testStatistics } from './interop/statistics.ts';
import { testValues } from './interop/values.ts';
import './spark-suites/exactly-once.ts';
import { spark } from './spark-suites/spark-counterpart.ts';

testValues(spark);
testPartitions(spark);
testStatistics(spark);
testInTurns(spark, { commits: 60, theirsEvery: 20 });

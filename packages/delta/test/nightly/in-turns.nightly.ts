/** A thousand commits on one table: by us and Spark, and by us and deltalake, in turns. */
import { deltaRs } from '../delta-rs.ts';
import { testInTurns } from '../interop/in-turns.ts';
import { spark } from '../spark-suites/spark-counterpart.ts';

testInTurns(spark, { commits: 1000, theirsEvery: 25 });
testInTurns(deltaRs, { commits: 1000, theirsEvery: 10 });

/** Tables that Spark makes with newer features of the protocol: we read what Spark reads. */
import './spark-suites/checkpoints.ts';
import './spark-suites/column-mapping.ts';
import './spark-suites/deletion-vectors.ts';
import './spark-suites/table-life.ts';

"""Spark with Delta, driven line by line: a command as JSON on stdin, its answer as JSON on stdout.

`python spark_delta.py JAR...`, in a folder that Spark may fill. What Spark says itself goes to stderr.
"""

import json
import os
import sys

ANSWERS = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # the JVM inherits it: no word of its may stand between answers

from datetime import timedelta  # noqa: E402

from plain import EPOCH, plain  # noqa: E402
from pyspark.sql import Row, SparkSession  # noqa: E402
from pyspark.sql.types import TimestampType  # noqa: E402

# PySpark goes by way of local time, for which Python has no first day of the year 1.
TimestampType.fromInternal = lambda _, micros: micros if micros is None else EPOCH + timedelta(microseconds=micros)

CONF = {
    "spark.master": "local[2]",
    "spark.driver.memory": "1g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraClassPath": os.pathsep.join(sys.argv[1:]),
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    "spark.ui.enabled": "false",
    "spark.local.dir": os.path.join(os.getcwd(), "local"),
    "spark.jars.ivy": os.path.join(os.getcwd(), "ivy"),
    "spark.sql.warehouse.dir": os.path.join(os.getcwd(), "warehouse"),
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    # To compile each query takes longer than to interpret it for a few rows.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "2",
    "spark.databricks.delta.snapshotPartitions": "2",
    "spark.databricks.delta.retentionDurationCheck.enabled": "false",
}


def start():
    builder = SparkSession.builder
    for key, value in CONF.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def sql(session, command):
    """Runs every statement; the rows and the schema of the last."""
    for statement in command["sql"]:
        frame = session.sql(statement)
    rows = [plain(row, Row) for row in frame.collect()]
    return {"rows": rows, "schema": frame.schema.jsonValue()}


def write(session, command):
    """Saves the rows of a query as DataFrameWriter does, with its options."""
    writer = session.sql(command["query"]).write.format("delta").mode(command.get("mode", "append"))
    if command.get("partitionBy"):
        writer = writer.partitionBy(*command["partitionBy"])
    writer.options(**command.get("options", {})).save(command["write"])


def answer(session, command):
    """`conf` holds for this command alone."""
    conf = command.get("conf", {})
    try:
        for key, value in conf.items():
            session.conf.set(key, value)
        return {"result": sql(session, command) if "sql" in command else write(session, command)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    finally:
        for key in conf:
            session.conf.set(key, CONF[key]) if key in CONF else session.conf.unset(key)


if __name__ == "__main__":
    spark = start()
    for line in sys.stdin:
        ANSWERS.write(json.dumps(answer(spark, json.loads(line))) + "\n")
        ANSWERS.flush()
    spark.stop()

"""`python theirs.py COMMAND ARGS`: one measurement in a process of its own; the answer is JSON on stdout."""

import json
import os
import resource
import sys
import time

import numpy as np
import pyarrow as pa

WIDTH = 384
ROWS_AT_ONCE = 8192
SCHEMA = pa.schema(
    [pa.field("id", pa.int64(), nullable=False), pa.field("vector", pa.list_(pa.float32()), nullable=False)]
)


def reader(path):
    def batches():
        first = 0
        with open(path, "rb") as file:
            while True:
                floats = np.fromfile(file, dtype=np.float32, count=ROWS_AT_ONCE * WIDTH)
                rows = len(floats) // WIDTH
                if rows == 0:
                    return
                offsets = pa.array(np.arange(rows + 1, dtype=np.int32) * WIDTH)
                vectors = pa.ListArray.from_arrays(offsets, pa.array(floats))
                ids = pa.array(np.arange(first, first + rows, dtype=np.int64))
                yield pa.RecordBatch.from_arrays([ids, vectors], schema=SCHEMA)
                first += rows

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())


def consume(batches):
    rows, total = 0, 0.0
    for batch in batches:
        column = batch.column("vector")
        floats = column.flatten().to_numpy(zero_copy_only=False)
        total += float(floats[::WIDTH].sum(dtype=np.float64))
        rows += batch.num_rows
    return {"rows": rows, "sum": total}


def duckdb_write(folder, vectors):
    import duckdb

    os.makedirs(folder)
    source = reader(vectors)
    duckdb.sql(f"COPY (SELECT * FROM source) TO '{folder}/data.parquet'")
    return {}


def duckdb_scan(folder):
    import duckdb

    result = duckdb.sql(f"SELECT id, vector FROM '{folder}/data.parquet'")
    return consume(result.to_arrow_reader(ROWS_AT_ONCE))


def deltalake_write(root, vectors):
    from deltalake import write_deltalake

    write_deltalake(root, reader(vectors))
    return {}


def deltalake_scan(root):
    from deltalake import DeltaTable

    return consume(DeltaTable(root).to_pyarrow_dataset().to_batches(columns=["id", "vector"], batch_size=ROWS_AT_ONCE))


def deltalake_open(root):
    from deltalake import DeltaTable

    start = time.perf_counter()
    table = DeltaTable(root)
    return {"version": table.version(), "seconds": time.perf_counter() - start}


def deltalake_files(root):
    from deltalake import DeltaTable

    start = time.perf_counter()
    files = len(DeltaTable(root).file_uris())
    return {"files": files, "seconds": time.perf_counter() - start}


if __name__ == "__main__":
    # What is imported by everybody is not part of anybody's time.
    import deltalake  # noqa: F401
    import duckdb  # noqa: F401
    import pyarrow.dataset  # noqa: F401

    start = time.perf_counter()
    answer = globals()[sys.argv[1]](*sys.argv[2:])
    answer = {"seconds": time.perf_counter() - start, **answer}
    answer["mebibytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(answer), flush=True)
    os._exit(0)

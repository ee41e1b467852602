"""What the tests ask of deltalake (delta-rs) on S3: `python delta_rs_s3.py read|append ROOT [ID [TIMES]]`, JSON on stdout."""

import json
import os
import sys
from datetime import datetime, timezone

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, write_deltalake


def read(root):
    table = DeltaTable(root)
    return {
        "version": table.version(),
        "ids": sorted(table.to_pyarrow_table(columns=["id"]).column("id").to_pylist()),
    }


# Its own 15 are too few where a slow machine lets the others be first.
PATIENT = CommitProperties(max_commit_retries=1000)


def append(root, name, times="1"):
    schema = pa.schema(DeltaTable(root).schema().to_arrow())
    for time in range(int(times)):
        record = {
            "part": "theirs ü",
            "id": f"{name}-{time}",
            "n": time,
            "at": datetime.now(timezone.utc),
            "vector": [0.5, 1.5],
        }
        data = pa.Table.from_pylist([record], schema=schema)
        write_deltalake(root, data, mode="append", commit_properties=PATIENT)
    return read(root)


json.dump({"read": read, "append": append}[sys.argv[1]](*sys.argv[2:]), sys.stdout)
sys.stdout.flush()
# Threads of pyarrow that still run at a normal exit abort the process now and then.
os._exit(0)

"""What the tests ask of deltalake (delta-rs): `python delta_rs.py COMMAND ROOT`, the answer is JSON on stdout."""

import json
import os
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, QueryBuilder, Transaction, write_deltalake
from plain import plain

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def rows(table):
    return [plain(row) for row in table.to_pylist()]


def read(root):
    table = DeltaTable(root)
    data = table.to_pyarrow_table()
    adds = pa.table(table.get_add_actions(flatten=True))
    return {
        "version": table.version(),
        "rows": rows(data),
        "types": {field.name: str(field.type) for field in data.schema},
        "records": sum(value for value in adds.column("num_records").to_pylist()),
        "operations": [entry["operation"] for entry in table.history()],
    }


def read_pruned(root):
    """Rows that a reader finds when it skips files by our statistics and partitions."""
    dataset = DeltaTable(root).to_pyarrow_dataset()
    request = json.loads(sys.argv[3])
    field = pa.compute.field(request["column"])
    value = request["value"]
    if request["column"] == "at":
        value = pa.scalar(int(value), pa.timestamp("us", "UTC"))
    return rows(dataset.to_table(columns=["id"], filter=field == value))


def txn(root):
    return DeltaTable(root).transaction_version(sys.argv[3])


SCHEMA = pa.schema(
    [
        ("part", pa.string()),
        ("id", pa.string()),
        ("n", pa.int64()),
        ("at", pa.timestamp("us", "UTC")),
        ("vector", pa.list_(pa.float32())),
        ("day", pa.date32()),
        ("price", pa.decimal128(10, 2)),
        ("raw", pa.binary()),
        ("ok", pa.bool_()),
    ]
)


def batch(first, parts):
    records = []
    for index, part in enumerate(parts):
        number = first + index
        empty = index % 4 == 3
        records.append(
            {
                "part": part,
                "id": f"id-{number} ü",
                "n": None if empty else 2**60 + number,
                "at": None if empty else EPOCH + timedelta(days=number, microseconds=number),
                "vector": None if empty else [number + k / 4 for k in range(384)],
                "day": None if empty else date(2024, 2, 29) + timedelta(days=number),
                "price": None if empty else Decimal(number) / 4,
                "raw": None if empty else bytes([number % 256, 0, 255]),
                "ok": None if empty else number % 2 == 0,
            }
        )
    return pa.Table.from_pylist(records, schema=SCHEMA)


def write(root):
    parts = json.loads(sys.argv[3])
    for version in range(12):
        write_deltalake(root, batch(version * 100, parts), partition_by=["part"], mode="append")
    write_deltalake(root, batch(9000, parts[:1]), mode="overwrite", predicate="part = 'a'")
    DeltaTable(root).create_checkpoint()
    write_deltalake(root, batch(9500, parts), mode="append")
    return read(root)


def append(root):
    table = DeltaTable(root)
    schema = pa.schema(table.schema().to_arrow())
    record = {"part": "theirs", "id": "from deltalake", "n": 7, "at": EPOCH, "vector": [0.5, 1.5]}
    write_deltalake(root, pa.Table.from_pylist([record], schema=schema), mode="append")
    table = DeltaTable(root)
    table.delete("part = 'gone'")
    table.create_checkpoint()
    return read(root)


def every(root):
    # Not to_pyarrow_table: that cannot read a partition of a decimal between -1 and 0.
    return rows(query(root, "SELECT * FROM t"))


def count_at(root):
    return len(DeltaTable(root, version=int(sys.argv[3])).to_pyarrow_table())


def copy(root):
    data = query(root, "SELECT * FROM t")
    write_deltalake(sys.argv[3], data, partition_by=json.loads(sys.argv[4]) or None)


def append_from(root):
    write_deltalake(sys.argv[3], query(root, "SELECT * FROM t"), mode="append")


def remove(root):
    DeltaTable(root).delete(sys.argv[3])


def query(root, sql):
    found = QueryBuilder().register("t", DeltaTable(root)).execute(sql)
    return pa.RecordBatchReader.from_stream(found).read_all()


def find(root):
    """The ids that each condition finds, with files skipped by statistics."""
    conditions = json.loads(sys.argv[3])
    return [query(root, f"SELECT id FROM t WHERE {condition}").column("id").to_pylist() for condition in conditions]


def judge(root):
    """The ids for which each condition is true, reckoned for every row."""
    held = [f"({condition}) AS c{index}" for index, condition in enumerate(json.loads(sys.argv[3]))]
    table = query(root, f"SELECT id, {', '.join(held)} FROM t").to_pylist()
    return [[row["id"] for row in table if row[f"c{index}"]] for index in range(len(held))]


def append_txn(root):
    """Appends one row with an app transaction; the version that is recorded then."""
    table = DeltaTable(root)
    schema = pa.schema(table.schema().to_arrow())
    number = int(sys.argv[4])
    record = {"part": "theirs", "id": f"theirs {number}", "n": number, "at": EPOCH, "vector": [0.5]}
    properties = CommitProperties(app_transactions=[Transaction(sys.argv[3], number)])
    data = pa.Table.from_pylist([record], schema=schema)
    write_deltalake(root, data, mode="append", commit_properties=properties)
    return DeltaTable(root).transaction_version(sys.argv[3])


def features(root):
    """A table that needs more of the protocol than version 1 and 2."""
    write_deltalake(root, batch(0, ["a"]), configuration={"delta.enableDeletionVectors": "true"})
    protocol = DeltaTable(root).protocol()
    return [protocol.min_reader_version, protocol.min_writer_version]


def write_nan(root):
    """Numbers whose bounds in the footer leave NaN out."""
    numbers = pa.table({"x": pa.array([1.0, float("nan"), -0.0]), "f": pa.array([1, float("nan"), 0], pa.float32())})
    write_deltalake(root, numbers)
    return numbers.num_rows


COMMANDS = {
    "write_nan": write_nan,
    "read": read,
    "pruned": read_pruned,
    "txn": txn,
    "write": write,
    "append": append,
    "features": features,
    "every": every,
    "copy": copy,
    "count_at": count_at,
    "append_from": append_from,
    "remove": remove,
    "find": find,
    "judge": judge,
    "append_txn": append_txn,
}

if __name__ == "__main__":
    import pyarrow.compute  # noqa: F401  (pa.compute is there only after it)

    json.dump(COMMANDS[sys.argv[1]](sys.argv[2]), sys.stdout)
    sys.stdout.flush()
    # Threads of pyarrow that still run at a normal exit abort the process now and then.
    os._exit(0)

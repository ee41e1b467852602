"""What the tests ask of deltalake (delta-rs): `python delta_rs.py COMMAND ROOT`, the answer is JSON on stdout."""

import json
import os
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def plain(value):
    if isinstance(value, datetime):
        return {"micros": str((value - EPOCH) // timedelta(microseconds=1))}
    if isinstance(value, date):
        return {"days": (value - EPOCH.date()).days}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"int": str(value)}
    if isinstance(value, list):
        return [item if isinstance(item, float) else plain(item) for item in value]
    return value


def rows(table):
    return [{name: plain(value) for name, value in row.items()} for row in table.to_pylist()]


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


def features(root):
    """A table that needs more of the protocol than version 1 and 2."""
    write_deltalake(root, batch(0, ["a"]), configuration={"delta.enableDeletionVectors": "true"})
    protocol = DeltaTable(root).protocol()
    return [protocol.min_reader_version, protocol.min_writer_version]


COMMANDS = {"read": read, "pruned": read_pruned, "txn": txn, "write": write, "append": append, "features": features}

if __name__ == "__main__":
    import pyarrow.compute  # noqa: F401  (pa.compute is there only after it)

    json.dump(COMMANDS[sys.argv[1]](sys.argv[2]), sys.stdout)
    sys.stdout.flush()
    # Threads of pyarrow that still run at a normal exit abort the process now and then.
    os._exit(0)

"""Rows of a lake's tables as Python's deltalake sees them, for comparison with another lake and with the command line.

lake_rows.py digest COLUMN,... FOLDER...  of each table the sha256 of the sorted rows without those columns, vectors by their bits, and their number
lake_rows.py check RECORDS PASSAGES    what has to hold between records and passages, as JSON
lake_rows.py compare PASSAGES PASSAGES  two tables of passages, matched by id: missing, extra, changed texts, least cosine
"""
import hashlib
import json
import os
import sys

import pyarrow as pa
from deltalake import DeltaTable


def rows(folder):
    return pa.table(DeltaTable(folder).to_pyarrow_table()).to_pylist()


def bits(value):
    if isinstance(value, list) and value and isinstance(value[0], float):
        return pa.array(value, pa.float32()).buffers()[1].to_pybytes().hex()
    return str(value)


def digest(folder, without):
    lines = sorted(
        json.dumps({name: bits(value) for name, value in row.items() if name not in without}, sort_keys=True)
        for row in rows(folder)
    )
    return {"rows": len(lines), "digest": hashlib.sha256("\n".join(lines).encode()).hexdigest()}


def utf16(text):
    return text.encode("utf-16-le", "surrogatepass")


def check(records_folder, passages_folder):
    records, passages = rows(records_folder), rows(passages_folder)
    texts = {(row["_chunk"], row["_id"]): utf16(row["_text"]) for row in records}
    cut = [
        row["_passage"]
        for row in passages
        if texts[(row["_chunk"], row["_id"])][2 * row["_start"] : 2 * row["_end"]] != utf16(row["_text"])
    ]
    norms = [sum(value * value for value in row["_embedding"]) ** 0.5 for row in passages]
    return {
        "records": len(records),
        "ids": len({row["_id"] for row in records}),
        "passages": len(passages),
        "passageIds": len({row["_passage"] for row in passages}),
        "recordsWithPassages": len({(row["_chunk"], row["_id"]) for row in passages}),
        "wronglyCut": cut,
        "dimensions": sorted({len(row["_embedding"]) for row in passages}),
        "norms": [min(norms), max(norms)],
    }


def compare(left_folder, right_folder):
    left, right = ({row["_passage"]: row for row in rows(folder)} for folder in (left_folder, right_folder))
    both = left.keys() & right.keys()

    def cosine(a, b):
        return sum(x * y for x, y in zip(a, b)) / (sum(x * x for x in a) * sum(y * y for y in b)) ** 0.5

    return {
        "passages": len(left),
        "missing": len(left.keys() - both),
        "extra": len(right.keys() - both),
        "changed": sum(left[key]["_text"] != right[key]["_text"] for key in both),
        "minCosine": min(cosine(left[key]["_embedding"], right[key]["_embedding"]) for key in both),
    }


command, *arguments = sys.argv[1:]
commands = {
    "digest": lambda without, *folders: [digest(folder, without.split(",")) for folder in folders],
    "check": check,
    "compare": compare,
}
answer = commands[command](*arguments)
print(json.dumps(answer), flush=True)
# Threads of the libraries abort now and then while the interpreter is taken down.
os._exit(0)

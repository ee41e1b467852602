"""Chooses the demo's complaints from a larger export of the CFPB's Consumer Complaint Database.

python3 demo/select-complaints.py EXPORT.csv > demo/complaints.csv

Balanced: products take turns, and within a product its months take turns, so that no product and no month dominates.
Within a month the order is the SHA-256 of the complaint's id: the same export gives the same choice.
"""

import collections
import csv
import hashlib
import sys

ROWS = 1800
COLUMNS = ["complaint_id", "date_received", "product", "sub_product", "issue", "sub_issue", "company", "state", "narrative"]


def interleave(groups):
    """One of each group in turn, until all are empty."""
    queues = [collections.deque(group) for group in groups]
    while queues:
        for queue in queues:
            yield queue.popleft()
        queues = [queue for queue in queues if queue]


def group(rows, key):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return [groups[name] for name in sorted(groups)]


def order(row):
    return hashlib.sha256(row["complaint_id"].encode()).hexdigest()


csv.field_size_limit(1 << 24)
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    complaints = sorted(csv.DictReader(file), key=order)
by_product = [list(interleave(group(rows, lambda row: row["date_received"][:7]))) for rows in group(complaints, lambda row: row["product"])]
chosen = [row for row, _ in zip(interleave(by_product), range(ROWS))]
writer = csv.DictWriter(sys.stdout, COLUMNS, extrasaction="ignore", lineterminator="\n")
writer.writeheader()
writer.writerows(sorted(chosen, key=lambda row: (row["date_received"], row["complaint_id"])))

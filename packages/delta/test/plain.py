"""Values as plain JSON, the same for Spark and deltalake; plain.ts makes the same of ours."""

import json
import math
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def plain(value, struct=dict):
    """`struct` is the class of structs. A map is a dict where structs are not, else a list of pairs."""
    if isinstance(value, struct):
        items = value.asDict() if struct is not dict else value
        return {name: plain(item, struct) for name, item in items.items()}
    if isinstance(value, dict):
        return mapping(value.items(), struct)
    if isinstance(value, list):
        if value and isinstance(value[0], tuple) and not isinstance(value[0], struct):
            return mapping(value, struct)
        return [plain(item, struct) for item in value]
    return scalar(value)


def mapping(pairs, struct):
    """The order of a map means nothing: here it is that of the keys' JSON."""
    entries = [[plain(key, struct), plain(item, struct)] for key, item in pairs]
    return sorted(entries, key=lambda entry: json.dumps(entry[0], ensure_ascii=False))


def scalar(value):
    if isinstance(value, datetime):
        # Without a zone it is UTC: the processes run with TZ=UTC, and timestamp_ntz has none.
        aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return {"micros": str((aware - EPOCH) // timedelta(microseconds=1))}
    if isinstance(value, date):
        return {"days": (value - EPOCH.date()).days}
    if isinstance(value, Decimal):
        return {"decimal": format(value, "f")}
    if isinstance(value, (bytes, bytearray)):
        return {"hex": value.hex()}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"int": str(value)}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
    return value

"""A client of Throughline's API for notebooks and scripts: one file, Python 3.9 or later, nothing to install.

    from throughline_client import Client

    client = Client("http://127.0.0.1:8080")            # or Client(url, key="tl_...")
    for hit in client.search("late fees", filter='product == "Mortgage"', limit=5)["hits"]:
        print(hit["score"], hit["text"])

Answers are what the API gives (its /docs describe each field), as dictionaries. Any other operation of the API:
client.call("GET", "/v1/index").
"""

import json
import os
import random
import time
import urllib.error
import urllib.parse
import urllib.request

__all__ = ["ApiError", "Client"]

TIMEOUT_S = 30
RETRIES = 4
RETRIED = (429, 502, 503, 504)


class ApiError(Exception):
    """The server refused or failed: `status`, `code` (a stable name), `detail`, `hint`, `request_id`."""

    def __init__(self, status, problem):
        self.status = status
        self.code = problem.get("code", "unreadable")
        self.detail = problem.get("detail", "the server answered %d without a reason" % status)
        self.hint = problem.get("hint")
        self.request_id = problem.get("requestId")
        super().__init__(" ".join(filter(None, [self.detail, self.hint, "(request %s)" % self.request_id])))


class Client:
    """`key` is read from THROUGHLINE_KEY unless told; `timeout` is in seconds, for each try."""

    def __init__(self, url="http://127.0.0.1:8080", key=None, timeout=TIMEOUT_S, retries=RETRIES):
        self.url = url.rstrip("/")
        self.key = key if key is not None else os.environ.get("THROUGHLINE_KEY")
        self.timeout = timeout
        self.retries = retries

    def about(self):
        """Attributes to filter by, versions, and what this client may do."""
        return self.call("GET", "/v1/about")

    def search(self, query, **options):
        """Options: mode, filter (CEL), limit, cursor, facets, sort, group, passages, explain and others."""
        return self.call("POST", "/v1/search", {"query": query, **options})

    def search_all(self, query, most=1000, **options):
        """Hits of all pages, one after another, `most` at the most."""
        cursor = None
        left = most
        while left > 0:
            page = {**options, "limit": min(options.get("limit", 100), left)}
            if cursor is not None:
                page["cursor"] = cursor
            answer = self.search(query, **page)
            yield from answer["hits"]
            left -= len(answer["hits"])
            cursor = answer["nextCursor"]
            if cursor is None or not answer["hits"]:
                return

    def similar(self, records=(), passages=(), **options):
        """More like some records or passages, by their ids."""
        named = {"records": list(records), "passageIds": list(passages)}
        return self.call("POST", "/v1/similar", {**{k: v for k, v in named.items() if v}, **options})

    def record(self, record_id):
        """A record with its text, passages and themes."""
        return self.call("GET", "/v1/records/" + urllib.parse.quote(record_id, safe=""))

    def feedback(self, query, record_id, verdict, **more):
        """Says whether a record answers a query: verdict is "up" or "down"."""
        return self.call("POST", "/v1/feedback", {"query": query, "recordId": record_id, "verdict": verdict, **more})

    def themes(self):
        """What the texts are about, the largest theme first."""
        return self.call("GET", "/v1/themes")["themes"]

    def theme(self, theme_id):
        return self.call("GET", "/v1/themes/" + urllib.parse.quote(theme_id, safe=""))

    def theme_trends(self, **options):
        """Options: every (1d, 7d, 1M, 1y), periods, by (an attribute), zone."""
        return self.call("GET", "/v1/themes/trends?" + urllib.parse.urlencode(options))

    def call(self, method, path, body=None):
        """Any operation. Busy servers are asked again with growing pauses, as long as their Retry-After says at the least."""
        for attempt in range(self.retries + 1):
            try:
                return self._once(method, path, body)
            except urllib.error.HTTPError as error:
                wait = _seconds(error.headers.get("Retry-After"))
                failure = ApiError(error.code, _problem(error))
                if error.code not in RETRIED or attempt == self.retries:
                    raise failure from None
                time.sleep(max(wait, random.uniform(0, 0.25 * 2**attempt)))

    def _once(self, method, path, body):
        headers = {"accept": "application/json"}
        data = None
        if body is not None:
            headers["content-type"] = "application/json"
            data = json.dumps(body).encode()
        if self.key:
            headers["authorization"] = "Bearer " + self.key
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=self.timeout) as response:
            return json.load(response)


def _problem(error):
    try:
        found = json.load(error)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(text):
    try:
        return max(0.0, float(text))
    except (TypeError, ValueError):
        return 0.0

"""LanceDB and Postgres with pgvector on the passages of a lake: `theirs.py COMMAND FOLDER [QUESTIONS]`; the answer is JSON on stdout.

Each is asked for ten hits with their texts, by its client, one question after another, at the least breadth of its graph that finds
99 % of the true nearest. Hybrid search is as their documentation has it.
"""

import json
import os
import sys
import time

import numpy as np

WARM, JUDGED, WIDTH, LIMIT, CANDIDATES = 100, 200, 384, 10, 200
BREADTHS = [20, 40, 80, 120, 200, 300, 400, 600, 800, 1000]
RECALL = 0.99
FILTER = "bucket < 100"

command, folder = sys.argv[1:3]
questions = json.load(open(os.path.join(folder, "questions.json")))
vectors = np.fromfile(os.path.join(folder, "questions.f32"), dtype=np.float32).reshape(-1, WIDTH)


def passages():
    """Row groups of the table: ids, texts, vectors, buckets."""
    import pyarrow.parquet as pq

    for path in json.load(open(os.path.join(folder, "files.json"))):
        for batch in pq.ParquetFile(path).iter_batches(4096, columns=["_passage", "_text", "_embedding", "bucket"]):
            embedded = batch.column(2).flatten().to_numpy().reshape(-1, WIDTH)
            yield batch.column(0).to_pylist(), batch.column(1).to_pylist(), embedded, batch.column(3).to_numpy()


def truth():
    """The nearest of the judged questions, by comparing with everything."""
    asked = vectors[:JUDGED]
    best = {"all": [[] for _ in asked], "filter": [[] for _ in asked]}
    for ids, _, embedded, buckets in passages():
        scores = asked @ embedded.T
        for name, allowed in (("all", np.arange(len(ids))), ("filter", np.flatnonzero(buckets < 100))):
            for row in range(len(asked)):
                found = allowed[np.argsort(-scores[row, allowed], kind="stable")[:LIMIT]]
                best[name][row] = sorted(
                    best[name][row] + [(-float(scores[row, i]), ids[i]) for i in found]
                )[:LIMIT]
    return {name: [[id for _, id in row] for row in rows] for name, rows in best.items()}


def measure(ask, count):
    for i in range(WARM):
        ask(count - 1 - i)
    times, found = [], []
    for i in range(count):
        started = time.perf_counter()
        ids = ask(i)
        times.append((time.perf_counter() - started) * 1000)
        if i < JUDGED:
            found.append(ids)
    times.sort()
    return {"p50": times[count // 2], "p95": times[count * 95 // 100], "found": found}


def least_breadth(ask_with):
    """The least that finds enough without a filter; the greatest where none does."""
    true = json.load(open(os.path.join(folder, "truth.json")))["all"]
    for breadth in BREADTHS:
        found = [len(set(ask_with(breadth)(i)) & set(true[i])) for i in range(JUDGED)]
        if sum(found) >= RECALL * JUDGED * LIMIT:
            break
    return breadth


def lance_build():
    import lancedb
    import pyarrow as pa
    from lancedb.index import BTree, FTS, HnswFlat

    schema = pa.schema(
        [("id", pa.string()), ("text", pa.string()), ("vector", pa.list_(pa.float32(), WIDTH)), ("bucket", pa.int64())]
    )

    def batches():
        for ids, texts, embedded, buckets in passages():
            lists = pa.FixedSizeListArray.from_arrays(pa.array(embedded.ravel()), WIDTH)
            yield pa.record_batch([pa.array(ids), pa.array(texts), lists, pa.array(buckets)], schema=schema)

    table = lancedb.connect(os.path.join(folder, "lance")).create_table("passages", batches(), schema=schema)
    table.create_index("vector", config=HnswFlat(distance_type="dot", num_partitions=1))
    table.create_index("text", config=FTS(remove_stop_words=False))
    table.create_index("bucket", config=BTree())
    return {}


def lance(count):
    import lancedb
    from lancedb.rerankers import RRFReranker

    table = lancedb.connect(os.path.join(folder, "lance")).open_table("passages")
    reranker = RRFReranker()
    ids = lambda found: [row["id"] for row in found.select(["id", "text"]).limit(LIMIT).to_list()]

    def semantic(breadth, where=None):
        def ask(i):
            query = table.search(vectors[i]).distance_type("dot").ef(breadth)
            return ids(query.where(where) if where else query)

        return ask

    def hybrid(breadth, where=None):
        def ask(i):
            query = table.search(query_type="hybrid").vector(vectors[i]).text(words(i)).distance_type("dot").ef(breadth)
            return ids((query.where(where) if where else query).rerank(reranker))

        return ask

    breadth = least_breadth(semantic)
    return modes(
        breadth, count, semantic, lambda i: ids(table.search(words(i), query_type="fts")), hybrid
    )


def words(i):
    """A question without signs that a query language may know."""
    return " ".join("".join(c if c.isalnum() else " " for c in questions[i]).split())


def modes(breadth, count, semantic, keyword, hybrid):
    asked = {
        "semantic": semantic(breadth),
        "semantic, filter": semantic(breadth, FILTER),
        "keyword": keyword,
        "hybrid": hybrid(breadth),
        "hybrid, filter": hybrid(breadth, FILTER),
    }
    return {"breadth": breadth, "modes": {name: measure(ask, count) for name, ask in asked.items()}}


def postgres():
    import pgserver
    import psycopg

    server = pgserver.get_server(os.path.join(folder, "postgres"), cleanup_mode="stop")
    return psycopg.connect(server.get_uri(), autocommit=True)


def pgvector_build():
    with postgres() as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        connection.execute("ALTER SYSTEM SET shared_buffers = '4GB'")
        connection.execute("DROP TABLE IF EXISTS passages")
        connection.execute(
            f"CREATE TABLE passages (id text PRIMARY KEY, body text, embedding vector({WIDTH}), bucket bigint,"
            " words tsvector GENERATED ALWAYS AS (to_tsvector('english', body)) STORED)"
        )
        connection.execute("ALTER TABLE passages ALTER COLUMN embedding SET STORAGE PLAIN")
        with connection.cursor().copy("COPY passages (id, body, embedding, bucket) FROM STDIN") as copy:
            for ids, texts, embedded, buckets in passages():
                for id, text, vector, bucket in zip(ids, texts, embedded, buckets):
                    copy.write_row((id, text, "[" + ",".join(map(repr, vector.tolist())) + "]", int(bucket)))
        connection.execute("SET maintenance_work_mem = '6GB'")
        connection.execute("SET max_parallel_maintenance_workers = 2")
        connection.execute(
            "CREATE INDEX ON passages USING hnsw (embedding vector_ip_ops) WITH (m = 16, ef_construction = 128)"
        )
        connection.execute("CREATE INDEX ON passages USING gin (words)")
        connection.execute("CREATE INDEX ON passages (bucket)")
        connection.execute("VACUUM ANALYZE passages")
    return {}


def pgvector(count):
    with postgres() as connection:
        connection.execute("SET max_parallel_workers_per_gather = 0")

        def run(sql, breadth, values):
            connection.execute(f"SET hnsw.ef_search = {breadth}")
            return [row[0] for row in connection.execute(sql, values, prepare=True).fetchall()]

        literal = lambda i: "[" + ",".join(map(repr, vectors[i].tolist())) + "]"

        def semantic(breadth, where=None):
            condition = f"WHERE {where}" if where else ""
            sql = f"SELECT id, body FROM passages {condition} ORDER BY embedding <#> %s::vector LIMIT {LIMIT}"
            return lambda i: run(sql, breadth, (literal(i),))

        def keyword(i):
            sql = (
                "SELECT id, body FROM passages, plainto_tsquery('english', %s) query WHERE words @@ query"
                f" ORDER BY ts_rank_cd(words, query) DESC LIMIT {LIMIT}"
            )
            return run(sql, 40, (questions[i],))

        def hybrid(breadth, where=None):
            condition = f"AND {where}" if where else ""
            sql = f"""
                WITH semantic AS (
                    SELECT id, rank() OVER (ORDER BY embedding <#> %(vector)s::vector) AS rank FROM passages
                    WHERE true {condition} ORDER BY embedding <#> %(vector)s::vector LIMIT {CANDIDATES}),
                keyword AS (
                    SELECT id, rank() OVER (ORDER BY ts_rank_cd(words, query) DESC) AS rank
                    FROM passages, plainto_tsquery('english', %(text)s) query
                    WHERE words @@ query {condition} ORDER BY ts_rank_cd(words, query) DESC LIMIT {CANDIDATES})
                SELECT id, (SELECT body FROM passages WHERE passages.id = fused.id) FROM (
                    SELECT COALESCE(semantic.id, keyword.id) AS id,
                        COALESCE(1.0 / (60 + semantic.rank), 0) + COALESCE(1.0 / (60 + keyword.rank), 0) AS score
                    FROM semantic FULL OUTER JOIN keyword ON semantic.id = keyword.id
                    ORDER BY score DESC LIMIT {LIMIT}) fused"""
            return lambda i: run(sql, max(breadth, CANDIDATES), {"vector": literal(i), "text": questions[i]})

        breadth = least_breadth(semantic)
        return modes(breadth, count, semantic, keyword, hybrid)


started = time.perf_counter()
if command in ("lance", "pgvector"):
    answer = {"lance": lance, "pgvector": pgvector}[command](int(sys.argv[3]))
else:
    answer = {"truth": truth, "lance_build": lance_build, "pgvector_build": pgvector_build}[command]()
print(json.dumps({"seconds": time.perf_counter() - started, **answer}))

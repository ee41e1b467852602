"""BERTopic with its defaults over vectors that are given: python theirs.py VECTORS TEXTS DIMENSION

Compiles numba's functions on 5,000 texts (fewer have no approximate neighbours), writes "warm", and then answers each line of standard
input, {"share": S, "seed": N, "reduce": B}, by a line of JSON: a fit on a random share of the texts, in seconds, with the items, their topics (-1: none), the keywords of each topic,
and, if wanted, the topics after reduce_outliers(strategy="embeddings"), which leaves nothing out. The same fit again differs.
"""

import json
import sys
import time

import numpy
from bertopic import BERTopic

vectors = numpy.fromfile(sys.argv[1], dtype=numpy.float32).reshape(-1, int(sys.argv[3]))
texts = json.load(open(sys.argv[2]))
BERTopic().fit_transform(texts[:5000], vectors[:5000])
print("warm", flush=True)

for line in sys.stdin:
    asked = json.loads(line)
    rows = numpy.arange(len(texts))
    if asked["share"] < 1:
        drawn = numpy.random.default_rng(asked["seed"]).permutation(rows)
        rows = numpy.sort(drawn[: round(asked["share"] * len(rows))])
    documents, points = [texts[i] for i in rows], vectors[rows]
    start, cpu = time.perf_counter(), time.process_time()
    model = BERTopic()
    topics, _ = model.fit_transform(documents, points)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
    reduced = topics
    if asked["reduce"] and -1 in topics:  # without outliers, reduce_outliers raises an error
        reduced = model.reduce_outliers(documents, topics, strategy="embeddings", embeddings=points)
    keywords = [[word for word, _ in words if word] for topic, words in model.get_topics().items() if topic >= 0]
    answer = {"seconds": seconds, "cpuSeconds": cpu_seconds, "items": rows.tolist(), "keywords": keywords}
    answer |= {"topics": [int(topic) for topic in topics], "reduced": [int(topic) for topic in reduced]}
    print(json.dumps(answer), flush=True)

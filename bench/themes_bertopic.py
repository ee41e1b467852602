"""BERTopic with its defaults over vectors that are given: python themes_bertopic.py VECTORS TEXTS DIMENSION RUNS

Prints JSON. Of each run (its results differ from run to run): seconds of a warm fit, topic of each text (-1: none), and the same after
reduce_outliers(strategy="embeddings"), which gives every text a topic. Of the first, the keywords of each topic.
"""

import json
import sys
import time

import numpy
from bertopic import BERTopic

vectors = numpy.fromfile(sys.argv[1], dtype=numpy.float32).reshape(-1, int(sys.argv[3]))
texts = json.load(open(sys.argv[2]))
BERTopic().fit_transform(texts[:500], vectors[:500])  # compiles numba's functions

runs = []
for _ in range(int(sys.argv[4])):
    start = time.perf_counter()
    model = BERTopic()
    topics, _ = model.fit_transform(texts, vectors)
    seconds = time.perf_counter() - start
    reduced = topics
    if -1 in topics:  # without outliers, reduce_outliers raises an error
        reduced = model.reduce_outliers(texts, topics, strategy="embeddings", embeddings=vectors)
    runs.append({"seconds": seconds, "topics": [int(t) for t in topics], "reduced": [int(t) for t in reduced]})
    keywords = {topic: [word for word, _ in words if word] for topic, words in model.get_topics().items() if topic >= 0}
    runs[-1]["keywords"] = list(keywords.values())
print(json.dumps(runs))

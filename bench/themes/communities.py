"""Leiden of igraph and of leidenalg on a graph that is given: python communities.py GRAPH.json

Prints JSON: for each resolution and library, modularity at that resolution and seconds of each seed. Three iterations, as ours.
"""

import json
import random
import sys
import time

import igraph
import leidenalg

given = json.load(open(sys.argv[1]))
graph = igraph.Graph(n=given["nodes"], edges=given["edges"])
weights = given["weights"]


def with_igraph(resolution, seed):
    random.seed(seed)  # igraph takes its random numbers from here
    return graph.community_leiden("modularity", weights=weights, resolution=resolution, n_iterations=3).membership


def with_leidenalg(resolution, seed):
    kind = leidenalg.RBConfigurationVertexPartition
    return leidenalg.find_partition(
        graph, kind, weights=weights, resolution_parameter=resolution, n_iterations=3, seed=seed
    ).membership


def timed(find, resolution, seed):
    start = time.perf_counter()
    membership = find(resolution, seed)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "quality": graph.modularity(membership, weights=weights, resolution=resolution)}


found = {}
for resolution in given["resolutions"]:
    found[resolution] = {
        name: [timed(find, resolution, seed) for seed in range(given["seeds"])]
        for name, find in {"igraph": with_igraph, "leidenalg": with_leidenalg}.items()
    }
print(json.dumps({str(resolution): methods for resolution, methods in found.items()}))

"""Judges whether a lake holds what a notebook finds. Runs the notebook's own cells; shares no code with Throughline.

    python judge.py own-function.ipynb                      # only runs it, without a screen: it writes its results
    python judge.py own-function.ipynb ../../own-function   # and judges the lake of that pipeline

Prints one JSON document. Needs what the notebook imports (requirements.txt), deltalake, and the command `throughline`, which is asked the
notebook's questions.
"""

import ast
import contextlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
from deltalake import DeltaTable

# What each notebook calls the things that are compared, as expressions in its own names.
NOTEBOOKS = {
    "own-function": {
        "ids": "df['complaint_id']",
        "vectors": "vectors",
        "embed": "lambda text: embed(clean(text))",
        "metric": "dot",
        "questions": ["They charged me a late fee although I had paid on time", "annual fee after the card was cancelled"],
    },
    "kmeans": {
        "ids": "df['complaint_id']",
        "vectors": "X",
        "labels": "df['cluster']",
        "embed": "lambda text: vectorise([text])[0]",
        "metric": "dot",
        "questions": ["escrow account shortage raised my monthly payment"],
    },
    "hosted-api": {
        "ids": "complaints['complaint_id']",
        "vectors": "E",
        "embed": "lambda text: client.embeddings.create(model=MODEL, input=[text], dimensions=256).data[0].embedding",
        "metric": "cosine",
        "questions": ["loan servicer lost my payment"],
    },
    "truncating": {
        "ids": "df.complaint_id",
        "vectors": "emb",
        "embed": "lambda text: model.encode(text, normalize_embeddings=True)",
        "metric": "cosine",
        "questions": ["the bank froze my account without notice", "identity theft and fraudulent charges"],
    },
    "dot-product": {
        "ids": "loans['complaint_id']",
        "vectors": "embeddings",
        "embed": "lambda text: model.encode(text, normalize_embeddings=False)",
        "metric": "dot",
        "questions": ["interest rate of several hundred percent", "they took money from my account twice"],
    },
}
ROWS_ASKED = 100
TOP = 10
TIE = 1e-6


def main(notebook: Path, pipeline: Path) -> dict:
    names = NOTEBOOKS[notebook.stem]
    space = run_cells(notebook)
    own_ids = [str(one) for one in eval(names["ids"], space)]
    own = unit_or_raw(np.asarray(eval(names["vectors"], space)), names["metric"])
    lake = read_lake(pipeline / "lake")
    same_ids = sorted(own_ids) == sorted(lake["ids"])
    verdict = {"notebook": notebook.name, "rows": len(own_ids), "idsEqual": same_ids}
    if not same_ids:
        return verdict
    place = {one: at for at, one in enumerate(lake["ids"])}
    order = [place[one] for one in own_ids]
    raw = lake["vectors"][order]
    theirs = unit_or_raw(raw, names["metric"])
    embed = eval(names["embed"], space)
    asked = np.linspace(0, len(own) - 1, min(ROWS_ASKED, len(own)), dtype=int)
    same = [same_top(own @ own[at], best_of(theirs @ theirs[at])) for at in asked]
    for text in names["questions"]:
        question = unit_or_raw(np.asarray([embed(text)]), names["metric"])[0]
        same.append(same_top(own @ question, [own_ids.index(one) for one in search(text, pipeline)]))
    verdict |= {
        "queries": len(same),
        "sameTopTen": sum(same) / len(same),
        "questions": {"asked": len(names["questions"]), "same": sum(same[len(asked) :])},
        "leastCosine": float(cosines(np.asarray(eval(names["vectors"], space)), raw).min()),
        "unedited": unedited(notebook, pipeline),
    }
    if "labels" in names:
        labels = [str(one) for one in eval(names["labels"], space)]
        verdict["ari"] = adjusted_rand(labels, [lake["themes"][one] for one in own_ids])
    return verdict


def run_cells(notebook: Path) -> dict:
    """The cells in their order, in the notebook's folder, without a screen; lines that are no Python are left out."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    space: dict = {"__name__": "__main__"}
    here = Path.cwd()
    os.chdir(notebook.parent)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            for cell in cells:
                if cell["cell_type"] == "code":
                    lines = "".join(cell["source"]).splitlines()
                    code = "\n".join(line for line in lines if not re.match(r"\s*[%!]", line))
                    exec(compile(code, notebook.name, "exec"), space)
    finally:
        os.chdir(here)
    return space


def read_lake(lake: Path) -> dict:
    promoted = json.loads((lake / "current.json").read_text())
    passages = DeltaTable(lake / "builds" / promoted["build"] / "passages").to_pyarrow_table()
    themes = {}
    if promoted.get("themes"):
        found = DeltaTable(lake / "assignments" / promoted["themes"]).to_pyarrow_table()
        themes = dict(zip(found["_id"].to_pylist(), found["_theme"].to_pylist()))
    return {
        "ids": passages["_id"].to_pylist(),
        "vectors": np.asarray(passages["_embedding"].to_pylist(), dtype=np.float64),
        "themes": themes,
    }


def unit_or_raw(vectors: np.ndarray, metric: str) -> np.ndarray:
    vectors = vectors.astype(np.float64)
    return vectors if metric == "dot" else vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def best_of(scores: np.ndarray) -> list:
    return list(np.argsort(-scores, kind="stable")[:TOP])


def same_top(scores: np.ndarray, found: list) -> bool:
    """Whether `found` are the ten best in their order; rows whose scores are nearer than TIE (of the greatest) may change places."""
    tie = TIE * max(1.0, float(np.abs(scores).max()))
    pairs = list(zip(best_of(scores), found))
    return len(set(found)) == TOP and all(x == y or abs(scores[x] - scores[y]) <= tie for x, y in pairs)


def search(question: str, pipeline: Path) -> list:
    """Ids that production finds, best first."""
    command = ["throughline", "search", question, "--mode", "semantic", "--limit", str(TOP), "--json"]
    found = subprocess.run(command, cwd=pipeline, capture_output=True, check=True, text=True)
    return [hit["recordId"] for hit in json.loads(found.stdout)["hits"]]


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a, b = a.astype(np.float64), b.astype(np.float64)
    return (a * b).sum(axis=1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))


def adjusted_rand(a: list, b: list) -> float:
    """Hubert and Arabie 1985, from the contingency table."""
    names_a, names_b = sorted(set(a)), sorted(set(map(str, b)))
    table = np.zeros((len(names_a), len(names_b)))
    for x, y in zip(a, map(str, b)):
        table[names_a.index(x), names_b.index(y)] += 1
    pairs = lambda counts: float((counts * (counts - 1) / 2).sum())
    both, left, right = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    expected = left * right / (len(a) * (len(a) - 1) / 2)
    greatest = (left + right) / 2
    return 1.0 if greatest == expected else (both - expected) / (greatest - expected)


def unedited(notebook: Path, pipeline: Path) -> dict:
    """Of notebook_functions.py: how many functions there are, and how many stand in the notebook byte for byte."""
    module = pipeline / "notebook_functions.py"
    if not module.exists():
        return {"functions": 0, "same": 0}
    code = module.read_text(encoding="utf-8")
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    written = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    found = [
        ast.get_source_segment(code, node)
        for node in ast.parse(code).body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    ]
    return {"functions": len(found), "same": sum(any(one in cell for cell in written) for one in found)}


if __name__ == "__main__":
    paths = [Path(argument).resolve() for argument in sys.argv[1:]]
    if len(paths) == 1:
        run_cells(paths[0])
    else:
        print(json.dumps(main(*paths)))

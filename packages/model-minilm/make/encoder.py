"""The int8 encoder as an ONNX graph: int32 ids and mask [B, S] in, hidden states [B, S, 384] out. Pooling is the caller's.

Inside, hidden states are rows [S * B, 384] with the position as the slow axis: attention then reads queries, keys and
values where the projections left them, without transposing (FusedMatMul's transBatchA and transBatchB).
"""

import numpy as np
from graph import CONTRIB, Graph
from onnx import ModelProto, TensorProto, helper
from quantise import Range, fixed_range, quantise_columns, quantise_rows, smoothed_range, smoothing_factors
from reference import Activations
from source import Layer, Linear, Norm, Weights

HEADS, HEAD_SIZE, HIDDEN = 12, 32, 384
NORM_EPSILON = 1e-12
MASKED = np.float32(-10000)
# GELU never goes below -0.17: 32 of the 255 steps below zero suffice, whatever the row.
GELU_LOW, GELU_ZERO, GELU_STEPS = 0.1701, 32, 223


def build_encoder(weights: Weights, seen: dict[tuple[int, str], Activations]) -> ModelProto:
    graph = Graph()
    ids = graph.op("Transpose", "input_ids", perm=[1, 0])
    shape = graph.op("Shape", ids)
    heads = graph.op("Concat", shape, sizes(graph, HEADS, HEAD_SIZE), axis=0)
    mask = attention_mask(graph)
    hidden = embeddings(graph, ids, weights)
    for index, layer in enumerate(weights.layers):
        hidden = encoder_layer(graph, hidden, heads, mask, layer, {name: seen[index, name] for name in layer.linears()})
    hidden = graph.op("Reshape", hidden, graph.op("Concat", shape, sizes(graph, HIDDEN), axis=0))
    graph.op("Transpose", hidden, perm=[1, 0, 2], output="last_hidden_state")
    return model(graph)


def model(graph: Graph) -> ModelProto:
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT32, ["B", "S"]) for n in ("input_ids", "attention_mask")]
    outputs = [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["B", "S", HIDDEN])]
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(CONTRIB, 1)]
    return helper.make_model(graph.finish("all-MiniLM-L6-v2", inputs, outputs), opset_imports=opsets, ir_version=9)


def sizes(graph: Graph, *values: int) -> str:
    return graph.constant(np.array(values, np.int64))


def attention_mask(graph: Graph) -> str:
    """[B, 1, 1, S]: zero where there is a token, and so low elsewhere that softmax gives exactly zero."""
    mask = graph.op("Cast", graph.op("Unsqueeze", "attention_mask", sizes(graph, 1, 2)), to=TensorProto.FLOAT)
    return graph.op("Mul", graph.op("Sub", graph.constant(np.float32(1)), mask), graph.constant(MASKED))


def embeddings(graph: Graph, ids: str, weights: Weights) -> str:
    """Words are kept as int8 rows: half of the fp32 model's size is this table."""
    table = quantise_rows(weights.words)
    rows = graph.op("Gather", graph.constant(table.values, "word_values"), ids)
    scales = graph.op("Gather", graph.constant(table.scales, "word_scales"), ids)
    words = graph.op("Mul", graph.op("Cast", rows, to=TensorProto.FLOAT), scales)
    length = graph.op("Shape", ids, start=0, end=1)
    every_position = graph.constant(weights.positions[:, None], "positions")
    positions = graph.op("Slice", every_position, sizes(graph, 0), length, sizes(graph, 0))
    hidden = add_and_norm(graph, words, positions, weights.embedding_norm)
    return graph.op("Reshape", hidden, sizes(graph, -1, HIDDEN))


def encoder_layer(graph: Graph, hidden: str, heads: str, mask: str, layer: Layer, seen: dict[str, Activations]) -> str:
    query, key, value = smoothed_linear(graph, hidden, layer.qkv, seen["qkv"], parts=3)
    context = attention(graph, query, key, value, heads, mask)
    range_ = fixed_range(seen["attention_output"].low, seen["attention_output"].high)
    projected = fixed_linear(graph, context, layer.attention_output, range_)[0]
    hidden = add_and_norm(graph, projected, hidden, layer.attention_norm)
    inner = graph.op("Gelu", smoothed_linear(graph, hidden, layer.intermediate, seen["intermediate"])[0], domain=CONTRIB)
    return add_and_norm(graph, rowwise_linear(graph, inner, layer.output), hidden, layer.output_norm)


def attention(graph: Graph, query: str, key: str, value: str, heads: str, mask: str) -> str:
    """`heads` is the shape [S, B, heads, head size]; scores and weights are [B, heads, S, S]."""
    query, key, value = (graph.op("Reshape", x, heads) for x in (query, key, value))
    by_key = {"alpha": HEAD_SIZE**-0.5, "transB": 1, "transBatchA": 1, "transBatchB": 1}
    scores = graph.op("FusedMatMul", query, key, domain=CONTRIB, **by_key)
    weights = graph.op("Softmax", graph.op("Add", scores, mask), axis=-1)
    context = graph.op("FusedMatMul", weights, value, domain=CONTRIB, transBatchB=1)
    return graph.op("Reshape", graph.op("Transpose", context, perm=[2, 0, 1, 3]), sizes(graph, -1, HIDDEN))


def smoothed_linear(graph: Graph, x: str, linear: Linear, seen: Activations, parts: int = 1) -> list[str]:
    factors = smoothing_factors(linear, seen)
    smoothed = Linear(linear.weight * factors[:, None], linear.bias)
    x = graph.op("Mul", x, graph.constant(1 / factors))
    return fixed_linear(graph, x, smoothed, smoothed_range(seen, factors), parts)


def fixed_linear(graph: Graph, x: str, linear: Linear, range_: Range, parts: int = 1) -> list[str]:
    """The outputs in `parts` equal products of the one quantised input: cheaper than splitting one product's result."""
    scale, zero = graph.constant(range_.scale), graph.constant(range_.zero)
    quantised = graph.op("QuantizeLinear", x, scale, zero)
    weights, biases = np.split(linear.weight, parts, axis=1), np.split(linear.bias, parts)
    return [product(graph, quantised, w, scale, zero, graph.constant(b)) for w, b in zip(weights, biases)]


def rowwise_linear(graph: Graph, x: str, linear: Linear) -> str:
    """A scale of its own for every row (token), computed from that row alone: after GELU the rows differ too much for one."""
    last = sizes(graph, -1)
    needed = graph.op("Mul", graph.op("ReduceMax", x, last, keepdims=0), graph.constant(np.float32(1 / GELU_STEPS)))
    scales = graph.op("Max", needed, graph.constant(np.float32(GELU_LOW / GELU_ZERO)))
    one, zero = graph.constant(np.float32(1)), graph.constant(np.uint8(GELU_ZERO))
    zeros = graph.op("Expand", zero, graph.op("Shape", scales))
    quantised = graph.op("QuantizeLinear", x, scales, zeros, axis=0)
    unscaled = product(graph, quantised, linear.weight, one, zero)
    scaled = graph.op("Mul", unscaled, graph.op("Unsqueeze", scales, last))
    return graph.op("Add", scaled, graph.constant(linear.bias))


def product(graph: Graph, x: str, weight: np.ndarray, scale: str, zero: str, bias: str = "") -> str:
    quantised = quantise_columns(weight)
    values, scales = graph.constant(quantised.values), graph.constant(quantised.scales[0])
    inputs = [x, values, scale, scales, zero] + (["", bias] if bias else [])
    return graph.op("MatMulIntegerToFloat", *inputs, domain=CONTRIB)


def add_and_norm(graph: Graph, x: str, residual: str, norm: Norm) -> str:
    total = graph.op("Add", x, residual)
    gain, bias = graph.constant(norm.gain), graph.constant(norm.bias)
    return graph.op("LayerNormalization", total, gain, bias, axis=-1, epsilon=NORM_EPSILON)

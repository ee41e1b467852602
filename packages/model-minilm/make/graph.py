"""A small writer of ONNX graphs: every operation returns the name of what it made."""

import numpy as np
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper

CONTRIB = "com.microsoft"


class Graph:
    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self.shared: dict[tuple, str] = {}

    def constant(self, value: np.ndarray, name: str = "") -> str:
        """Equal unnamed constants are stored once."""
        value = np.ascontiguousarray(value) if np.ndim(value) else np.asarray(value)
        key = (name, value.dtype.str, value.shape, value.tobytes())
        if key not in self.shared:
            self.shared[key] = name or f"constant_{len(self.constants)}"
            self.constants.append(numpy_helper.from_array(value, self.shared[key]))
        return self.shared[key]

    def op(self, kind: str, *inputs: str, domain: str = "", output: str = "", **attributes) -> str:
        return self.ops(kind, [output or f"{kind}_{len(self.nodes)}"], *inputs, domain=domain, **attributes)[0]

    def ops(self, kind: str, outputs: list[str], *inputs: str, domain: str = "", **attributes) -> list[str]:
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), outputs, name=name, domain=domain, **attributes))
        return outputs

    def finish(self, name: str, inputs: list, outputs: list) -> GraphProto:
        return helper.make_graph(self.nodes, name, inputs, outputs, self.constants)

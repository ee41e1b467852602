"""One sentence-transformers backend as a process: JSON lines in, JSON lines out.

    python serve.py FOLDER BACKEND THREADS

In: {"texts": [...], "batch": 32, "save": PATH or null}. Out: {"seconds": ...}, after writing the vectors to PATH as
float32. The first line out is {"ready": true}.
"""

import json
import os
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"
folder, backend, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])

import numpy
import torch
from sentence_transformers import SentenceTransformer


def load() -> SentenceTransformer:
    torch.set_num_threads(threads)
    if backend == "torch":
        return SentenceTransformer(folder, device="cpu")
    if backend == "onnx-int8":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        file = "onnx/model_qint8_avx512_vnni.onnx"
        arguments = {"provider": "CPUExecutionProvider", "file_name": file, "session_options": options}
        return SentenceTransformer(folder, backend="onnx", model_kwargs=arguments)
    arguments = {"ov_config": {"INFERENCE_NUM_THREADS": str(threads)}}
    if backend == "openvino-int8":
        arguments["file_name"] = "openvino/openvino_model_qint8_quantized.xml"
    return SentenceTransformer(folder, backend="openvino", model_kwargs=arguments)


answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # What libraries print goes to stderr, not between the answers.
model = load()
print(json.dumps({"ready": True}), file=answers, flush=True)
for line in sys.stdin:
    request = json.loads(line)
    start = time.perf_counter()
    vectors = model.encode(request["texts"], batch_size=request["batch"], show_progress_bar=False)
    seconds = time.perf_counter() - start
    if request["save"]:
        vectors.astype(numpy.float32).tofile(request["save"])
    print(json.dumps({"seconds": seconds}), file=answers, flush=True)

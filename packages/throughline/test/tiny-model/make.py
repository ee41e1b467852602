"""Makes the model of this folder: an encoder of a few kilobytes in the layout of sentence-transformers, for tests.

A token's hidden state is its row of a table plus that of its type, scaled by the mask. Needs: pip install onnx numpy
"""
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
DIMENSION = 8
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
WORDS += "the a card was charged twice late fee money bank account loan please refund query passage : . ,".split()
WORDS += ["##" + letter for letter in "abcdefghijklmnopqrstuvwxyz"] + list("abcdefghijklmnopqrstuvwxyz")


def model():
    table = np.random.default_rng(7).normal(size=(len(WORDS), DIMENSION)).astype(np.float32)
    types = np.random.default_rng(8).normal(size=(2, DIMENSION)).astype(np.float32)
    ids = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
           for name in ("input_ids", "attention_mask", "token_type_ids")]
    hidden = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", DIMENSION])
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"]),
        helper.make_node("Gather", ["types", "token_type_ids"], ["kinds"]),
        helper.make_node("Add", ["words", "kinds"], ["sum"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["wide"]),
        helper.make_node("Mul", ["sum", "wide"], ["last_hidden_state"]),
    ]
    constants = [numpy_helper.from_array(table, "table"), numpy_helper.from_array(types, "types"),
                 numpy_helper.from_array(np.array([2], dtype=np.int64), "last")]
    graph = helper.make_graph(nodes, "tiny", ids, [hidden], constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(made)
    return made


def tokenizer():
    special = [{"id": i, "content": WORDS[i], "single_word": False, "lstrip": False, "rstrip": False,
                "normalized": False, "special": True} for i in range(4)]
    template = [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}}]
    return {
        "version": "1.0",
        # As in many models' files: it must not be obeyed, or texts were cut silently.
        "truncation": {"direction": "Right", "max_length": 6, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 6}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0,
                    "pad_type_id": 0, "pad_token": "[PAD]"},
        "added_tokens": special,
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "TemplateProcessing", "single": template, "pair": template,
                           "special_tokens": {word: {"id": word, "ids": [WORDS.index(word)], "tokens": [word]}
                                              for word in ("[CLS]", "[SEP]")}},
        "decoder": None,
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {word: i for i, word in enumerate(WORDS)}},
    }


def write(name, value):
    path = HERE / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, indent=1) + "\n")


(HERE / "onnx").mkdir(exist_ok=True)
onnx.save(model(), HERE / "onnx" / "model.onnx")
write("tokenizer.json", tokenizer())
write("tokenizer_config.json", {"tokenizer_class": "BertTokenizer", "model_max_length": 10**30, "do_lower_case": True})
write("config.json", {"model_type": "bert", "hidden_size": DIMENSION, "max_position_embeddings": 64})
write("sentence_bert_config.json", {"max_seq_length": 32, "do_lower_case": False})
write("1_Pooling/config.json", {"word_embedding_dimension": DIMENSION, "pooling_mode_cls_token": True,
                                "pooling_mode_mean_tokens": False})
write("config_sentence_transformers.json", {"prompts": {"query": "query : ", "passage": "passage : "}})

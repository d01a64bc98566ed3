"""The int8 variant of an embedding model: made once by `python -m scoring quantize`, run by onnxruntime.

It needs the packages of requirements-int8.txt. Why per channel and with reduced range: docs/adr/0002-int8-embedding.md.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scoring.errors import ModelMissing

MODEL_FILE = "model.int8.onnx"
_TOKENIZER = "tokenizer.json"
_BATCH = 16
_OPSET = 17


class Int8Embedder:
    """A quantized model folder on the CPU: MODEL_FILE, which pools and normalizes too, beside its tokenizer."""

    def __init__(self, folder: Path, *, model_id: str) -> None:
        """Load the folder; raises ModelMissing where onnxruntime is not installed or a file cannot be read."""
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as problem:
            raise _not_installed(problem) from problem
        self.model_id = model_id
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
            self._session = onnxruntime.InferenceSession(str(folder / MODEL_FILE), providers=["CPUExecutionProvider"])
        except Exception as problem:  # both libraries raise a bare Exception for a file they cannot read
            raise ModelMissing(
                f"The int8 model in {folder} cannot be read ({problem}). Make it anew: python -m scoring quantize."
            ) from problem
        self.dimension = int(self._session.get_outputs()[0].shape[1])
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float16]:
        """Return float16 unit vectors, shape (n, dimension), rows in the order given; equal texts are embedded once."""
        unique = sorted(dict.fromkeys(texts), key=len)
        place = {text: row for row, text in enumerate(unique)}
        found = np.zeros((len(unique), self.dimension), dtype=np.float16)
        for start in range(0, len(unique), _BATCH):
            found[start : start + _BATCH] = self._embed(unique[start : start + _BATCH])
        return found[[place[text] for text in texts]]

    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        with self._lock:  # padding is a state of the tokenizer
            encoded = self._tokenizer.encode_batch(texts)
        ids = np.array([one.ids for one in encoded], dtype=np.int64)
        mask = np.array([one.attention_mask for one in encoded], dtype=np.int64)
        vectors: NDArray[np.float32] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


def quantize(source: Path, target: Path) -> None:
    """Write the int8 variant of the sentence-transformers model in `source` to the new folder `target`.

    Takes half a minute and a gigabyte of memory. Raises ModelMissing where packages or the model are missing;
    a target that exists already is left alone and refused.
    """
    try:
        from onnxruntime.quantization import QuantType, quantize_dynamic
    except ImportError as problem:
        raise _not_installed(problem) from problem
    if target.exists():
        raise ModelMissing(f"{target} exists already: name another folder, or remove it first.")
    with tempfile.TemporaryDirectory(prefix="scoutboard-int8-") as name:
        whole, made = Path(name) / "whole.onnx", Path(name) / "made"
        made.mkdir()
        _export(source, whole, made / _TOKENIZER)
        quantize_dynamic(whole, made / MODEL_FILE, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        shutil.copytree(made, target)


def _export(source: Path, whole: Path, tokenizer: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    model = SentenceTransformer(
        str(source), device="cpu", local_files_only=True, model_kwargs={"attn_implementation": "eager"}
    ).eval()

    class Whole(torch.nn.Module):  # type: ignore[misc]  # torch is read as Any
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=1)

    # Two texts of unlike length, so that neither the number of texts nor their length is traced as fixed.
    example = model.tokenizer(["one text", "another, longer text"], padding=True, return_tensors="pt")
    names = ["input_ids", "attention_mask"]
    axes = {name: {0: "texts", 1: "tokens"} for name in names} | {"vectors": {0: "texts"}}
    with warnings.catch_warnings():
        # The exporter warns of every shape it follows, and that another will replace it one day.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Whole(), tuple(example[name] for name in names), str(whole), input_names=names,
            output_names=["vectors"], dynamic_axes=axes, opset_version=_OPSET, dynamo=False,
        )  # fmt: skip
    fast = model.tokenizer.backend_tokenizer
    fast.enable_truncation(max_length=model.max_seq_length or 512)
    fast.enable_padding()
    fast.save(str(tokenizer))


def _not_installed(problem: ImportError) -> ModelMissing:
    return ModelMissing(
        f"int8 needs packages that are not installed ({problem}): pip install -r requirements-int8.txt."
    )

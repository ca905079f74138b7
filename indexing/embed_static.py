"""Static embedding models: one vector a token, a text is the mean of its tokens' vectors. numpy and a tokeniser
are all that is needed, no PyTorch; a question costs microseconds.

Folders in the form of model2vec (https://github.com/MinishLab/model2vec) and of sentence-transformers'
StaticEmbedding are read. The method: Tulkens & van Dongen 2024, "Model2Vec: Fast State-of-the-Art Static Embeddings".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import BadSetting

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_WEIGHTS, _TOKENISER, _CONFIG, _MODULES = "model.safetensors", "tokenizer.json", "config.json", "modules.json"
# What the two forms call the matrix of token vectors.
_MATRICES = ("embeddings", "embedding.weight")
# Tokens that are read of a text where the model does not say.
_WINDOW = 512
_BATCH = 256


def static_folder(folder: Path) -> Path | None:
    """The folder within `folder` that holds a static model's matrix, None where it is another kind of model."""
    modules = _json(folder / _MODULES)
    if isinstance(modules, list):
        static = [m for m in modules if isinstance(m, dict) and str(m.get("type", "")).endswith("StaticEmbedding")]
        place = folder / str(static[0].get("path", "")) if static else None
    else:
        config = _json(folder / _CONFIG)
        place = folder if isinstance(config, dict) and config.get("model_type") == "model2vec" else None
    return place if place is not None and (place / _WEIGHTS).is_file() else None


class StaticEmbedder:
    """A static model in a folder that `static_folder` found. Raises `BadSetting` where its files are damaged or
    do not fit each other."""

    def __init__(self, folder: Path) -> None:
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        try:
            data = (folder / _WEIGHTS).read_bytes()
            tensors: dict[str, npt.NDArray[Any]] = load_file(folder / _WEIGHTS)
        except (OSError, SafetensorError) as error:
            raise _broken(folder, f"{_WEIGHTS}: {error}") from error
        try:
            self._tokeniser = Tokenizer.from_file(str(folder / _TOKENISER))
        except Exception as error:
            raise _broken(folder, f"{_TOKENISER}: {error}") from error
        self._matrix = _matrix(folder, tensors, self._tokeniser.get_vocab_size())
        self._rows, self._weights = tensors.get("mapping"), tensors.get("weights")
        config = _json(folder / _CONFIG)
        window = config.get("max_length") if isinstance(config, dict) else None
        self._tokeniser.no_padding()
        self._tokeniser.enable_truncation(int(window or _WINDOW))
        unknown = json.loads(self._tokeniser.to_str())["model"]
        self._unknown = unknown.get("unk_id") or self._tokeniser.token_to_id(unknown.get("unk_token") or "")
        self._name = f"{folder.name}@{hashlib.sha256(data).hexdigest()[:12]}"

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return int(self._matrix.shape[1])

    def embed_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Shape (len(texts), dimension); a text without a known token is the zero vector."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = list(texts[start : start + _BATCH])
            for place, encoded in enumerate(self._tokeniser.encode_batch_fast(batch, add_special_tokens=False), start):
                vectors[place] = self._vector(encoded.ids)
        return vectors

    def embed_question(self, text: str) -> npt.NDArray[np.float32]:
        return self._vector(self._tokeniser.encode(text, add_special_tokens=False).ids)

    def _vector(self, tokens: Sequence[int]) -> npt.NDArray[np.float32]:
        import numpy as np

        ids = np.array([token for token in tokens if token != self._unknown], np.intp)
        if not len(ids):
            return np.zeros(self.dimension, np.float32)
        rows = self._matrix[ids if self._rows is None else self._rows[ids]].astype(np.float32)
        if self._weights is not None:
            rows *= self._weights[ids].astype(np.float32)[:, None]
        total: npt.NDArray[np.float32] = rows.sum(axis=0)
        length = float(np.linalg.norm(total))
        return total / length if length else total


def _matrix(folder: Path, tensors: dict[str, npt.NDArray[Any]], tokens: int) -> npt.NDArray[Any]:
    """The token vectors, checked: shape (tokens or more, dimension), finite."""
    import numpy as np

    found = next((tensors[name] for name in _MATRICES if name in tensors), None)
    if found is None or found.ndim != 2:
        raise _broken(folder, f"{_WEIGHTS} holds no matrix of token vectors, but {', '.join(tensors) or 'nothing'}")
    rows = len(tensors["mapping"]) if "mapping" in tensors else len(found)
    if rows < tokens:
        raise _broken(folder, f"{_WEIGHTS} has {rows:,} tokens and {_TOKENISER} has {tokens:,}")
    if found.dtype.kind == "f" and not np.isfinite(found).all():
        raise _broken(folder, f"{_WEIGHTS} holds values that are no numbers")
    return found


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _broken(folder: Path, why: str) -> BadSetting:
    return BadSetting(
        f"the embedding model in {folder} can't be loaded ({why}); get it again, or set YIJU_EMBEDDER=none",
        f"无法加载 {folder} 中的向量模型（{why}）；请重新获取，或设置 YIJU_EMBEDDER=none",
    )

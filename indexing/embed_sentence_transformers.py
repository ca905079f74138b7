"""Embedders and cross-encoders from sentence-transformers. The only module that knows it; importing it takes
seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import BadSetting

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_BATCH = 32
# Tokens that a model reads at once where its files do not say.
_WINDOW = 512
# Prefixes of models whose own configuration names none: (beginning of the name, question, passage).
_PREFIXES = (("intfloat/multilingual-e5", "query: ", "passage: "), ("intfloat/e5", "query: ", "passage: "))


# What loading raises for a name or a folder that holds no model, or one whose weights do not fit it.
def _unloadable() -> tuple[type[Exception], ...]:
    from safetensors import SafetensorError

    return OSError, ValueError, KeyError, RuntimeError, SafetensorError


class SentenceTransformersEmbedder:
    """A model by hub name or folder. `HF_HUB_OFFLINE` and `HF_ENDPOINT` are respected.

    Raises `BadSetting` where the library is not installed or the model can't be had.
    """

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise BadSetting(
                f"YIJU_EMBEDDER={name} needs sentence-transformers; install it with: pip install 'yiju[models]'",
                f"YIJU_EMBEDDER={name} 需要 sentence-transformers；请安装：pip install 'yiju[models]'",
            ) from error
        try:
            self._model = SentenceTransformer(name)
        except _unloadable() as error:
            raise BadSetting(
                f"the embedding model {name} can't be loaded ({_first_line(error)}); give a folder that holds a "
                "sentence-transformers model, a hub name with network access, or YIJU_EMBEDDER=none",
                f"无法加载向量模型 {name}（{_first_line(error)}）；请提供本地模型目录、"
                "可联网获取的模型名，或设置 YIJU_EMBEDDER=none",
            ) from error
        self._name = name
        self._prefixes = next(((q, p) for start, q, p in _PREFIXES if name.startswith(start)), None)

    @property
    def name(self) -> str:
        card = self._model.model_card_data
        revision = getattr(card, "base_model_revision", None) or "local"
        return f"{Path(self._name).name if Path(self._name).is_dir() else self._name}@{revision}"

    @property
    def dimension(self) -> int:
        size = self._model.get_embedding_dimension()
        assert size is not None
        return size

    def embed_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        prompt = self._prefixes[1] if self._prefixes else None
        vectors: npt.NDArray[np.float32] = self._model.encode_document(
            list(texts), prompt=prompt, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return vectors

    def embed_question(self, text: str) -> npt.NDArray[np.float32]:
        prompt = self._prefixes[0] if self._prefixes else None
        vector: npt.NDArray[np.float32] = self._model.encode_query(
            text, prompt=prompt, normalize_embeddings=True, show_progress_bar=False
        )
        return vector


class SentenceTransformersCrossEncoder:
    """A cross-encoder that sorts pairs of texts into classes, by hub name or folder.

    Raises `BadSetting` where the library is not installed or the model can't be had.
    """

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            raise BadSetting(
                f"the model {name} needs sentence-transformers; install it with: pip install 'yiju[models]'",
                f"模型 {name} 需要 sentence-transformers；请安装：pip install 'yiju[models]'",
            ) from error
        try:
            self._model = CrossEncoder(name)
        except _unloadable() as error:
            raise BadSetting(
                f"the cross-encoder {name} can't be loaded ({_first_line(error)}); give a folder that holds one, "
                "or a hub name with network access",
                f"无法加载交叉编码器 {name}（{_first_line(error)}）；请提供本地模型目录，或可联网获取的模型名",
            ) from error
        classes: dict[int, str] = self._model.config.id2label
        self.labels = tuple(classes[i] for i in sorted(classes))
        self.window = min(self._model.max_seq_length or _WINDOW, self._model.tokenizer.model_max_length)

    def count(self, text: str) -> int:
        """The tokens of a text, without the model's own marks."""
        return len(self._model.tokenizer.encode(text, add_special_tokens=False, verbose=False))

    def probabilities(self, pairs: Sequence[tuple[str, str]]) -> npt.NDArray[np.float32]:
        """A probability for each class: shape (len(pairs), len(labels))."""
        found: npt.NDArray[np.float32] = self._model.predict(
            list(pairs), apply_softmax=True, batch_size=_BATCH, show_progress_bar=False
        )
        return found


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]

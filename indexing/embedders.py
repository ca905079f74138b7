"""What an embedder must do, and which one a setting names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

NONE = "none"


class Embedder(Protocol):
    """Turns text into vectors of unit length, so that a dot product is a cosine."""

    @property
    def name(self) -> str:
        """The model as name@revision; part of an index's identity."""
        ...

    @property
    def dimension(self) -> int: ...

    def embed_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One row per text: shape (len(texts), dimension)."""
        ...

    def embed_question(self, text: str) -> npt.NDArray[np.float32]:
        """Shape (dimension,). Some models encode questions otherwise than passages."""
        ...


def load_embedder(name: str) -> Embedder | None:
    """The embedder that the setting names: None for "none" (word search only), a static model by its folder,
    otherwise a sentence-transformers model by its hub name or its folder. Raises `BadSetting`."""
    if name == NONE:
        return None
    from indexing.embed_static import StaticEmbedder, static_folder

    folder = static_folder(Path(name))
    if folder is not None:
        return StaticEmbedder(folder)
    from indexing.embed_sentence_transformers import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder(name)

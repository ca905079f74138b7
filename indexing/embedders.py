"""What an embedder must do, which one a setting names, and what is checked of the vectors of a model that is not
ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from corpus.errors import BadSetting, Unavailable
from indexing.embedding_models import ModelFacts

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

NONE, BUILTIN = "none", "builtin"
Backend = Literal["torch", "onnx", "openvino"]
# Characters of a text that an error shows.
_SHOWN = 60


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


@dataclass(frozen=True, slots=True)
class EmbedderOptions:
    """What can be set of an embedder beside its name.

    `dimension`: vectors are shortened to it. `backend`: what runs a sentence-transformers model. `batch`: texts at a
    time. `url`, `api_key`: of an endpoint. `window`: tokens of a text that are sent to an endpoint.
    """

    dimension: int | None = None
    backend: Backend = "torch"
    batch: int = 32
    url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    window: int | None = None


def load_embedder(name: str, options: EmbedderOptions | None = None) -> Embedder | None:
    """The embedder that the setting names: None for "none" (word search only), "builtin" for the
    one that comes with the program, an endpoint by "openai:MODEL" or
    "tei", a static model by its folder, otherwise a sentence-transformers model by its hub name or its folder.
    Raises `BadSetting`, and `Unavailable` where an endpoint does not answer."""
    options = options or EmbedderOptions()
    if name == NONE:
        return None
    if is_endpoint(name):
        from indexing.embed_endpoint import load_endpoint

        return load_endpoint(name, options)
    from indexing.embed_static import StaticEmbedder, builtin, static_folder

    folder = None if name == BUILTIN else static_folder(Path(name))
    if name == BUILTIN or folder is not None:
        static = StaticEmbedder(folder) if folder is not None else builtin()
        shortened(options.dimension, static.dimension, name, ModelFacts("*", matryoshka=False))
        return static
    from indexing.embed_sentence_transformers import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder(name, options)


def is_endpoint(name: str) -> bool:
    """Whether the setting names an embedder that answers over HTTP."""
    return name.partition(":")[0] in ("openai", "tei")


def shortened(asked: int | None, own: int, name: str, facts: ModelFacts) -> int:
    """The dimension of the vectors of a model whose own dimension is `own`, where `asked` is the one that is set.
    Raises `BadSetting` where the model can't give that."""
    if asked is None or asked == own:
        return own
    if asked > own:
        raise BadSetting(
            f"YIJU_EMBEDDER_DIMENSION is {asked:,} and the vectors of {name} have {own:,} values; "
            f"set {own} or less, or unset it",
            f"YIJU_EMBEDDER_DIMENSION 为 {asked}，而 {name} 的向量只有 {own} 维；请设为不超过 {own} 的值，或取消该设置",
        )
    if facts.matryoshka is False:
        raise BadSetting(
            f"the vectors of {name} are not made to be shortened (it is no Matryoshka model); "
            "unset YIJU_EMBEDDER_DIMENSION",
            f"{name} 不是 Matryoshka 模型，其向量不能截短；请取消 YIJU_EMBEDDER_DIMENSION",
        )
    return asked


def unit_vectors(
    vectors: npt.NDArray[np.float32], texts: Sequence[str], name: str, own: int, dimension: int
) -> npt.NDArray[np.float32]:
    """A model's vectors, checked, cut to `dimension` and brought to unit length: shape (len(texts), dimension).
    A zero vector stays one. Raises `Unavailable` where there are others than (len(texts), own), or one is no number.
    """
    import numpy as np

    if vectors.shape != (len(texts), own):
        raise Unavailable(
            f"the embedding model {name} gave vectors of the shape {vectors.shape} for {len(texts)} texts, and "
            f"({len(texts)}, {own}) was due; check that it is still the same model",
            f"向量模型 {name} 对 {len(texts)} 段文本给出了形状为 {vectors.shape} 的向量，应为 ({len(texts)}, {own})；"
            "请检查模型是否已被更换",
        )
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        text = " ".join(texts[int(finite.argmin())].split())
        shown = text[:_SHOWN] + "…" * (len(text) > _SHOWN)
        raise Unavailable(
            f"the embedding model {name} gave a vector with values that are no numbers for the text {shown!r}; "
            "its weights may be damaged: get it again, or choose another with YIJU_EMBEDDER",
            f"向量模型 {name} 对文本“{shown}”给出的向量含有非数值；模型权重可能已损坏：请重新获取，"
            "或通过 YIJU_EMBEDDER 更换模型",
        )
    cut = vectors[:, :dimension].astype(np.float32)
    lengths: npt.NDArray[np.float32] = np.linalg.norm(cut, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    return cut / lengths

"""Embedders and cross-encoders from sentence-transformers. The only module that knows it; importing it takes
seconds.

Its `encode` sorts texts by length before it makes batches, so that is not done here.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import BadSetting, Unavailable
from indexing.embedders import Backend, EmbedderOptions, shortened, unit_vectors
from indexing.embedding_models import facts_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from sentence_transformers import SentenceTransformer
    from transformers import PreTrainedModel

_BATCH = 32
# Tokens that a model reads at once where its files do not say.
_WINDOW = 512
_PROBE = "Yiju"
# Seconds to wait for a model hub to say whether it has a model.
_HUB_SECONDS = 10
# The modules that each backend needs beside sentence-transformers.
_NEEDS: dict[Backend, tuple[str, ...]] = {
    "torch": (),
    "onnx": ("optimum.onnxruntime", "onnxruntime"),
    "openvino": ("optimum.intel", "openvino"),
}
# Of a model in a folder, the files that make it what it is, and how much of a large one is read to know it again.
_MODEL_FILES = (".safetensors", ".bin", ".onnx", ".json", ".txt", ".model")
_SAMPLES, _SAMPLE_BYTES = 64, 2**14


# What loading raises for a name or a folder that holds no model, or one whose files do not fit each other.
def _unloadable() -> tuple[type[Exception], ...]:
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined] # the base class of its HTTP library
    from safetensors import SafetensorError

    damaged = (ValueError, LookupError, RuntimeError, ImportError, TypeError, AttributeError, SafetensorError)
    return OSError, HTTPError, *damaged


class SentenceTransformersEmbedder:
    """A model by hub name or folder. `HF_HUB_OFFLINE` and `HF_ENDPOINT` are respected.

    Raises `BadSetting` where the library is not installed or the model can't be had, is none, or is incomplete.
    """

    def __init__(self, name: str, options: EmbedderOptions) -> None:
        self._model = _load(name, options.backend)
        self._label, self._batch = name, options.batch
        facts = facts_of(name)
        prompts = {kind: prompt for kind, prompt in self._model.prompts.items() if prompt}
        self._question = prompts.get("query", facts.question)
        self._passage = prompts.get("document", prompts.get("passage", facts.passage))
        self._own = self._model.get_embedding_dimension() or 0
        self._dimension = shortened(options.dimension, self._own, name, facts)
        self._name = f"{Path(name).name}@{_digest(Path(name))}" if Path(name).is_dir() else f"{name}@{self._revision()}"
        try:
            self.embed_question(_PROBE)
        except Unavailable as error:  # found at the start, it is the setting that is wrong
            raise BadSetting(error.en, error.zh) from error
        except _unloadable() as error:
            raise _no_model(name, _first_line(error), _first_line(error)) from error

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        import numpy as np

        if not texts:
            return np.zeros((0, self._dimension), np.float32)
        vectors = self._model.encode_document(
            list(texts), prompt=self._passage, batch_size=self._batch, show_progress_bar=False
        )
        return unit_vectors(vectors, texts, self._label, self._own, self._dimension)

    def embed_question(self, text: str) -> npt.NDArray[np.float32]:
        vectors = self._model.encode_query([text], prompt=self._question, show_progress_bar=False)
        unit: npt.NDArray[np.float32] = unit_vectors(vectors, [text], self._label, self._own, self._dimension)[0]
        return unit

    def _revision(self) -> str:
        return getattr(self._model.model_card_data, "base_model_revision", None) or "unknown"


def _load(name: str, backend: Backend) -> SentenceTransformer:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise BadSetting(
            f"YIJU_EMBEDDER={name} needs sentence-transformers; install it with: pip install 'yiju[models]'",
            f"YIJU_EMBEDDER={name} 需要 sentence-transformers；请安装：pip install 'yiju[models]'",
        ) from error
    missing = [module for module in _NEEDS[backend] if not _installed(module)]
    if missing:
        raise BadSetting(
            f"YIJU_EMBEDDER_BACKEND={backend} needs {' and '.join(missing)}; install it with: "
            f"pip install 'sentence-transformers[{backend}]', or set YIJU_EMBEDDER_BACKEND=torch",
            f"YIJU_EMBEDDER_BACKEND={backend} 需要 {'、'.join(missing)}；请安装："
            f"pip install 'sentence-transformers[{backend}]'，或设置 YIJU_EMBEDDER_BACKEND=torch",
        )
    try:
        _ask_hub(name)
        model = SentenceTransformer(name, backend=backend, trust_remote_code=False)
        _check_complete(model, name)
    except _unloadable() as error:
        en, zh = _why(error)
        raise _no_model(name, en, zh) from error
    return model


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # not even the package that it would be in
        return False


def _ask_hub(name: str) -> None:
    """Asks the hub for a model that is neither a folder nor cached: the library would try again for a minute before
    it says that the hub is out of reach. Raises what `_why` explains."""
    from huggingface_hub import HfApi, constants, try_to_load_from_cache

    full = name if "/" in name else f"sentence-transformers/{name}"
    if constants.HF_HUB_OFFLINE or Path(name).exists() or full.count("/") > 1:
        return
    if not isinstance(try_to_load_from_cache(full, "config.json"), str):
        HfApi().model_info(full, timeout=_HUB_SECONDS)


def _check_complete(model: SentenceTransformer, name: str) -> None:
    """Refuses a model with weights that were in none of its files, and one whose tokeniser has lost its vocabulary.
    The library loads both without an error, and their vectors mean nothing."""
    inner = model.transformers_model
    if inner is None:
        return
    # A pooling layer of BERT is left out by many and used by none.
    lost = [key for key in _lost_weights(inner) if "pooler" not in key.split(".")]
    if lost:
        raise _no_model(name, *_lack(lost))
    expected, words = getattr(inner.config, "vocab_size", None) or 0, len(model.tokenizer)
    if words < expected / 2:
        raise _no_model(
            name,
            f"its tokeniser knows {words:,} of {expected:,} tokens",
            f"分词器只有 {words:,} 个词元，应有 {expected:,} 个",
        )


def _lost_weights(model: PreTrainedModel) -> list[str]:
    """The weights of a model that were in none of its files: they are random, and nothing else says so.

    transformers marks the weights that came from a file, and every module that it has seen to. Where it marks no
    module (another backend, another version) there is nothing to be learned.
    """
    if not getattr(model, "_is_hf_initialized", False):
        return []
    weights = model.state_dict(keep_vars=True)
    return [key for key, value in weights.items() if not getattr(value, "_is_hf_initialized", False)]


def _lack(lost: Sequence[str]) -> tuple[str, str]:
    more = f" (+{len(lost) - 1:,})" if len(lost) > 1 else ""
    return f"its files lack the weights {lost[0]}{more}", f"模型文件缺少权重 {lost[0]}{more}"


def _why(error: Exception) -> tuple[str, str]:
    """What keeps a model from being loaded, in English and Chinese."""
    from huggingface_hub import constants
    from huggingface_hub.errors import (  # type: ignore[attr-defined] # as above
        GatedRepoError,
        HTTPError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
    )

    hub, causes = constants.ENDPOINT, list(_causes(error))
    if any(isinstance(cause, GatedRepoError) for cause in causes):
        return (
            "it is gated: accept its terms at the hub and set HF_TOKEN",
            "该模型需申请访问权限：请在模型站点接受条款并设置 HF_TOKEN",
        )
    if any(isinstance(cause, RepositoryNotFoundError) for cause in causes):
        return f"there is no such folder, nor such a model at {hub}", f"没有这个目录，{hub} 上也没有这个模型"
    if any(isinstance(cause, LocalEntryNotFoundError) for cause in causes) and constants.HF_HUB_OFFLINE:
        return (
            "HF_HUB_OFFLINE is set and the model is not in the cache",
            "已设置 HF_HUB_OFFLINE，而本地缓存中没有该模型",
        )
    if any(isinstance(cause, (LocalEntryNotFoundError, HTTPError)) for cause in causes):
        why = _first_line(causes[0])
        return (
            f"the model hub {hub} does not answer as it should: {why}; HF_ENDPOINT names a mirror",
            f"模型站点 {hub} 没有正常应答：{why}；可用 HF_ENDPOINT 指定镜像",
        )
    if "trust_remote_code" in str(error):
        return "it comes with code of its own, which is never run", "该模型自带代码，而本程序从不运行这类代码"
    return _first_line(error), _first_line(error)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _no_model(name: str, en: str, zh: str) -> BadSetting:
    return BadSetting(
        f"the embedding model {name} can't be loaded ({en}); give a folder that holds a "
        "sentence-transformers model, a hub name with network access, or YIJU_EMBEDDER=none",
        f"无法加载向量模型 {name}（{zh}）；请提供本地模型目录、可联网获取的模型名，或设置 YIJU_EMBEDDER=none",
    )


def _digest(folder: Path) -> str:
    """Twelve hexadecimal digits that tell the model in a folder from others: of its files' names, sizes and, in
    evenly spaced samples, contents. (Reading all of a large model would take longer than loading it.)"""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in _MODEL_FILES and p.is_file()):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}\0{size}\0".encode())
        with path.open("rb") as file:
            for start in range(0, size, max(_SAMPLE_BYTES, size // _SAMPLES)):
                file.seek(start)
                digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:12]


class SentenceTransformersCrossEncoder:
    """A cross-encoder that sorts pairs of texts into classes, by hub name or folder.

    Raises `BadSetting` where the library is not installed, or the model can't be had or lacks weights.
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
            en, zh = _why(error)
            raise _no_cross_encoder(name, en, zh) from error
        inner = self._model.transformers_model
        if inner is not None and (lost := _lost_weights(inner)):
            raise _no_cross_encoder(name, *_lack(lost))
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


def _no_cross_encoder(name: str, en: str, zh: str) -> BadSetting:
    return BadSetting(
        f"the cross-encoder {name} can't be loaded ({en}); give a folder that holds one, "
        "or a hub name with network access",
        f"无法加载交叉编码器 {name}（{zh}）；请提供本地模型目录，或可联网获取的模型名",
    )


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]

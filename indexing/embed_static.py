"""Static embedding models: one vector a token, a text is the mean of its tokens' vectors. numpy and a tokeniser
are all that is needed, no PyTorch; a question costs microseconds.

Folders in the form of model2vec (https://github.com/MinishLab/model2vec) and of sentence-transformers'
StaticEmbedding are read. The method: Tulkens & van Dongen 2024, "Model2Vec: Fast State-of-the-Art Static Embeddings".
The model that comes with the program (`builtin/`, made by `training/`) also has a dictionary: each token's
translations into the other language.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexing.static_files import TOKENISER, Tokeniser, broken, read_tensors
from indexing.tokeniser import Translation, fold

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_WEIGHTS, _CONFIG, _MODULES = "model.safetensors", "config.json", "modules.json"
# What the two forms call the matrix of token vectors.
_MATRICES = ("embeddings", "embedding.weight")
# Tokens that are read of a text where the model does not say.
_WINDOW = 512
# Questions whose tokens are kept: one search asks for them several times.
_QUESTIONS = 64
# The form in which a store keeps tokens: raise it when `packed` changes.
PACKED = "tokens/1"
# The model that comes with the program.
BUILTIN_FOLDER = Path(__file__).parent / "builtin"


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
        try:
            data = (folder / _WEIGHTS).read_bytes()
            tensors = read_tensors(data)
        except (OSError, ValueError) as error:
            raise broken(folder, f"{_WEIGHTS}: {error}") from error
        config = _json(folder / _CONFIG)
        config = config if isinstance(config, dict) else {}
        self._folds = bool(config.get("fold"))
        self._tokeniser = Tokeniser(folder, int(config.get("max_length") or _WINDOW), normalised=self._folds)
        size = self._tokeniser.size
        self._matrix = _matrix(folder, tensors, size)
        self._rows, self._weights = tensors.get("mapping"), tensors.get("weights")
        self._dictionary = _dictionary(folder, tensors, size)
        self._packing = "<u2" if size <= 2**16 else "<u4"
        self._name = f"{folder.name}@{hashlib.sha256(data).hexdigest()[:12]}"
        self._question_tokens = lru_cache(_QUESTIONS)(lambda text: self.tokens((text,))[0])

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return int(self._matrix.shape[1])

    def embed_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Shape (len(texts), dimension); a text without a known token is the zero vector."""
        return self.of_tokens(self.tokens(texts))

    def embed_question(self, text: str) -> npt.NDArray[np.float32]:
        vector: npt.NDArray[np.float32] = self.of_tokens((self.question_tokens(text),))[0]
        return vector

    def question_tokens(self, text: str) -> npt.NDArray[np.uint32]:
        """The tokens of a question, which each part of a search asks for; not to be written to."""
        return self._question_tokens(text)

    def tokens(self, texts: Sequence[str]) -> list[npt.NDArray[np.uint32]]:
        """The known tokens of each text, in order; no more of them than the model reads at once."""
        return self._tokeniser.tokens([fold(text) for text in texts] if self._folds else texts)

    def of_tokens(self, texts: Sequence[npt.NDArray[np.uint32]]) -> npt.NDArray[np.float32]:
        """The vector of each text that these are the tokens of: shape (len(texts), dimension)."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for place, tokens in enumerate(texts):
            if len(tokens):
                total = self._sum(tokens)
                vectors[place] = total / (float(np.linalg.norm(total)) or 1.0)
        return vectors

    def _sum(self, tokens: npt.NDArray[np.uint32]) -> npt.NDArray[np.float32]:
        import numpy as np

        if self._matrix.dtype != np.int8 or self._weights is not None:
            summed: npt.NDArray[np.float32] = self.of_each(tokens).sum(axis=0)
            return summed
        # Whole numbers are summed as such, which is as exact and takes half the time.
        rows = self._matrix[tokens if self._rows is None else self._rows[tokens]]
        whole: npt.NDArray[np.float32] = rows.sum(axis=0, dtype=np.int32).astype(np.float32)
        return whole

    def of_each(self, tokens: npt.NDArray[np.uint32]) -> npt.NDArray[np.float32]:
        """The vector of each token, as long as the token matters: shape (len(tokens), dimension)."""
        import numpy as np

        rows: npt.NDArray[np.float32] = self._matrix[tokens if self._rows is None else self._rows[tokens]].astype(
            np.float32
        )
        if self._weights is not None:
            rows *= self._weights[tokens].astype(np.float32)[:, None]
        return rows

    def packed(self, tokens: npt.NDArray[np.uint32]) -> str:
        """Tokens as a store keeps them: base64 of two bytes each, of four where the vocabulary is larger."""
        return base64.b64encode(tokens.astype(self._packing).tobytes()).decode("ascii")

    def unpacked(self, packed: str) -> npt.NDArray[np.uint32]:
        import numpy as np

        return np.frombuffer(base64.b64decode(packed), self._packing).astype(np.uint32)

    def translations(self, text: str) -> list[Translation]:
        """What the words of a text are in the other language; nothing where the model has no dictionary."""
        if self._dictionary is None:
            return []
        found: list[Translation] = []
        tokens = self.question_tokens(text)
        for token, *into in zip(
            tokens.tolist(), *(tensor[tokens].tolist() for tensor in self._dictionary), strict=True
        ):
            word = self._tokeniser.word(token)
            found += (
                Translation(word, self._tokeniser.word(other), weight / 255)
                for other, weight in zip(*into, strict=True)
                if weight
            )
        return found


@cache
def builtin() -> StaticEmbedder:
    """The model that comes with the program, loaded once for all that use it."""
    return StaticEmbedder(BUILTIN_FOLDER)


def _matrix(folder: Path, tensors: dict[str, npt.NDArray[Any]], tokens: int) -> npt.NDArray[Any]:
    """The token vectors, checked: shape (tokens or more, dimension), finite."""
    import numpy as np

    found = next((tensors[name] for name in _MATRICES if name in tensors), None)
    if found is None or found.ndim != 2:
        raise broken(folder, f"{_WEIGHTS} holds no matrix of token vectors, but {', '.join(tensors) or 'nothing'}")
    rows = len(tensors["mapping"]) if "mapping" in tensors else len(found)
    if rows < tokens:
        raise broken(folder, f"{_WEIGHTS} has {rows:,} tokens and {TOKENISER} has {tokens:,}")
    if found.dtype.kind == "f" and not np.isfinite(found).all():
        raise broken(folder, f"{_WEIGHTS} holds values that are no numbers")
    return found


def _dictionary(
    folder: Path, tensors: dict[str, npt.NDArray[Any]], tokens: int
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]] | None:
    """Each token's translations and their weights in 255ths, checked: both of shape (tokens or more, kept); None
    where the model has none."""
    words, weights = tensors.get("translations"), tensors.get("translation_weights")
    if words is None or weights is None:
        return None
    if words.ndim != 2 or words.shape != weights.shape or len(words) < tokens:
        shapes = f"{words.shape} and {weights.shape}"
        raise broken(folder, f"{_WEIGHTS} has translations of the shapes {shapes} for {tokens:,} tokens")
    if words.dtype.kind not in "iu" or weights.dtype.kind not in "iu" or int(words.max(initial=0)) >= tokens:
        raise broken(folder, f"{_WEIGHTS} has translations that are no tokens of {TOKENISER}")
    return words, weights


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None

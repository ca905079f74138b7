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
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import BadSetting
from indexing.tokeniser import Translation, fold

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_WEIGHTS, _TOKENISER, _CONFIG, _MODULES = "model.safetensors", "tokenizer.json", "config.json", "modules.json"
# What the two forms call the matrix of token vectors.
_MATRICES = ("embeddings", "embedding.weight")
# Tokens that are read of a text where the model does not say.
_WINDOW = 512
_BATCH = 256
# What the vocabulary calls a token that it lacks, by its number or its name. (Asking the tokeniser costs a third of
# the time that it takes to load.)
_UNKNOWN = re.compile(r'"unk_(?:id":\s*(\d+)|token":\s*"([^"]+)")')
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
        from safetensors import SafetensorError
        from safetensors.numpy import load
        from tokenizers import Tokenizer

        try:
            data = (folder / _WEIGHTS).read_bytes()
            tensors: dict[str, npt.NDArray[Any]] = load(data)
        except (OSError, SafetensorError) as error:
            raise _broken(folder, f"{_WEIGHTS}: {error}") from error
        try:
            said = (folder / _TOKENISER).read_text("utf-8")
            self._tokeniser = Tokenizer.from_str(said)
        except Exception as error:
            raise _broken(folder, f"{_TOKENISER}: {error}") from error
        self._matrix = _matrix(folder, tensors, self._tokeniser.get_vocab_size())
        self._rows, self._weights = tensors.get("mapping"), tensors.get("weights")
        config = _json(folder / _CONFIG)
        config = config if isinstance(config, dict) else {}
        self._folds = bool(config.get("fold"))
        if self._folds:  # what `fold` does is not done twice
            from tokenizers.normalizers import Sequence as Steps

            self._tokeniser.normalizer = Steps([])
        self._tokeniser.no_padding()
        self._tokeniser.enable_truncation(int(config.get("max_length") or _WINDOW))
        unknown = _UNKNOWN.search(said)
        number, name = unknown.groups() if unknown else (None, None)
        self._unknown = int(number) if number else self._tokeniser.token_to_id(name or "")
        self._dictionary = _dictionary(folder, tensors, self._tokeniser.get_vocab_size())
        self._packing = "<u2" if self._tokeniser.get_vocab_size() <= 2**16 else "<u4"
        self._name = f"{folder.name}@{hashlib.sha256(data).hexdigest()[:12]}"

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
        vector: npt.NDArray[np.float32] = self.of_tokens(self.tokens((text,)))[0]
        return vector

    def tokens(self, texts: Sequence[str]) -> list[npt.NDArray[np.uint32]]:
        """The known tokens of each text, in order; no more of them than the model reads at once."""
        import numpy as np

        if self._folds:
            texts = [fold(text) for text in texts]
        found: list[npt.NDArray[np.uint32]] = []
        for start in range(0, len(texts), _BATCH):
            batch = list(texts[start : start + _BATCH])
            for encoded in self._tokeniser.encode_batch_fast(batch, add_special_tokens=False):
                ids = np.array(encoded.ids, np.uint32)
                found.append(ids if self._unknown is None else ids[ids != self._unknown])
        return found

    def of_tokens(self, texts: Sequence[npt.NDArray[np.uint32]]) -> npt.NDArray[np.float32]:
        """The vector of each text that these are the tokens of: shape (len(texts), dimension)."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for place, tokens in enumerate(texts):
            if len(tokens):
                total = self.of_each(tokens).sum(axis=0)
                vectors[place] = total / (float(np.linalg.norm(total)) or 1.0)
        return vectors

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
        (tokens,) = self.tokens((text,))
        for token, *into in zip(
            tokens.tolist(), *(tensor[tokens].tolist() for tensor in self._dictionary), strict=True
        ):
            word = self._word(token)
            found += (
                Translation(word, self._word(other), weight / 255)
                for other, weight in zip(*into, strict=True)
                if weight
            )
        return found

    def _word(self, token: int) -> str:
        return self._tokeniser.id_to_token(token) or ""


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
        raise _broken(folder, f"{_WEIGHTS} has translations of the shapes {shapes} for {tokens:,} tokens")
    if words.dtype.kind not in "iu" or weights.dtype.kind not in "iu" or int(words.max(initial=0)) >= tokens:
        raise _broken(folder, f"{_WEIGHTS} has translations that are no tokens of {_TOKENISER}")
    return words, weights


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

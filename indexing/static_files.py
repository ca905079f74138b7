"""The files of a static model: its tensors without a copy, and its tokeniser, which builds what it needs when it is
needed. What the vectors mean is `embed_static.py`'s.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import BadSetting
from indexing.unigram import UNKNOWN, Unigram, read_unigram

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from tokenizers import Tokenizer

TOKENISER, PIECES = "tokenizer.json", "pieces.json"
_BATCH = 256
# So many texts are cut without the tokenizers library, which takes longer to load.
_FEW = 8
# What the vocabulary calls a token that it lacks, by its number or its name. (Asking the tokeniser costs a third of
# the time that it takes to load.)
_UNKNOWN = re.compile(r'"unk_(?:id":\s*(\d+)|token":\s*"([^"]+)")')
# What safetensors calls the types that numpy has, little-endian.
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BOOL": "?"} | {
    f"{kind}{8 * size}": f"<{kind.lower()}{size}" for kind in "IU" for size in (1, 2, 4, 8)
}


class Tokeniser:
    """Texts to at most `most` tokens each. `normalised` texts need nothing done to them before. Raises `BadSetting`
    where the files in `folder` are damaged.

    A model of ours has its pieces in a second form (`pieces.json`), so that a question need not wait for the
    tokenizers library.
    """

    def __init__(self, folder: Path, most: int, *, normalised: bool) -> None:
        self._folder = folder
        self._most = most
        self._normalised = normalised
        self._pieces: Unigram | None = None
        if normalised and (folder / PIECES).is_file():
            try:
                self._pieces = read_unigram(folder / PIECES)
            except (OSError, ValueError) as error:
                raise broken(folder, f"{PIECES}: {error}") from error
        self.size: int = len(self._pieces.pieces) if self._pieces else self._library.get_vocab_size()

    def tokens(self, texts: Sequence[str]) -> list[npt.NDArray[np.uint32]]:
        """The known tokens of each text, in order."""
        import numpy as np

        found: list[npt.NDArray[np.uint32]] = []
        if self._pieces is not None and len(texts) <= _FEW:
            cut = (np.array(self._pieces.tokens(text, self._most), np.uint32) for text in texts)
            return [tokens[tokens != UNKNOWN] for tokens in cut]
        for start in range(0, len(texts), _BATCH):
            batch = list(texts[start : start + _BATCH])
            for encoded in self._library.encode_batch_fast(batch, add_special_tokens=False):
                ids = np.array(encoded.ids, np.uint32)
                found.append(ids if self._unknown is None else ids[ids != self._unknown])
        return found

    def word(self, token: int) -> str:
        """A token as it is written, empty where there is no such token."""
        if self._pieces is not None:
            return self._pieces.pieces[token]
        return self._library.id_to_token(token) or ""

    @cached_property
    def _library(self) -> Tokenizer:
        from tokenizers import Tokenizer
        from tokenizers.normalizers import Sequence as Steps

        try:
            loaded = Tokenizer.from_str(self._said)
        except Exception as error:
            raise broken(self._folder, f"{TOKENISER}: {error}") from error
        if self._normalised:
            loaded.normalizer = Steps([])
        loaded.no_padding()
        loaded.enable_truncation(self._most)
        return loaded

    @cached_property
    def _said(self) -> str:
        try:
            return (self._folder / TOKENISER).read_text("utf-8")
        except (OSError, ValueError) as error:
            raise broken(self._folder, f"{TOKENISER}: {error}") from error

    @cached_property
    def _unknown(self) -> int | None:
        unknown = _UNKNOWN.search(self._said)
        number, name = unknown.groups() if unknown else (None, None)
        return int(number) if number else self._library.token_to_id(name or "")


def read_tensors(data: bytes) -> dict[str, npt.NDArray[Any]]:
    """The tensors of a safetensors file, read-only views of its bytes
    (https://huggingface.co/docs/safetensors, "Format"; the library copies them). Raises `ValueError`."""

    begin = 8 + int.from_bytes(data[:8], "little")
    try:
        header = json.loads(data[8:begin])
        header.pop("__metadata__", None)
        return {name: _view(data, begin, **said) for name, said in header.items()}
    except (AttributeError, KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"it is no safetensors file, or cut off ({error})") from error


def _view(data: bytes, begin: int, dtype: str, shape: Sequence[int], data_offsets: Sequence[int]) -> npt.NDArray[Any]:
    import numpy as np

    first, end = data_offsets
    kind = np.dtype(_TYPES[dtype])
    if not 0 <= first <= end <= len(data) - begin or end - first != kind.itemsize * int(np.prod(shape, dtype=np.int64)):
        raise ValueError("it is cut off, or its shapes do not fit its length")
    return np.frombuffer(data, kind, (end - first) // kind.itemsize, begin + first).reshape(shape)


def broken(folder: Path, why: str) -> BadSetting:
    """The error for a model folder that can't be used."""
    return BadSetting(
        f"the embedding model in {folder} can't be loaded ({why}); get it again, or set YIJU_EMBEDDER=none",
        f"无法加载 {folder} 中的向量模型（{why}）；请重新获取，或设置 YIJU_EMBEDDER=none",
    )

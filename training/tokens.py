"""Every training pair as token ids, in flat arrays, so that training reads no text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indexing.tokeniser import fold
from training.texts import pairs

Ids = npt.NDArray[np.int32]
_LONGEST = 192
_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a source's pairs: the ids of the pair `i` are `ids[ends[i]:ends[i + 1]]`."""

    ids: Ids
    ends: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ends) - 1

    def take(self, numbers: Sequence[int] | npt.NDArray[np.int64], most: int) -> list[Ids]:
        """The ids of some pairs, `most` of each."""
        return [self.ids[self.ends[i] : min(self.ends[i + 1], self.ends[i] + most)] for i in numbers]


def make_tokens(data: Path, work: Path) -> None:
    """Writes `tokens/SOURCE.npz` to `work`; what an interrupted run has written is left alone."""
    from tokenizers import Tokenizer

    folder = work / "tokens.partial"
    folder.mkdir(exist_ok=True)
    tokeniser = Tokenizer.from_file(str(work / "tokenizer.json"))
    tokeniser.enable_truncation(_LONGEST)
    for source, its in pairs(data):
        if (folder / f"{source}.npz").exists():
            continue
        both = list(its)
        arrays: dict[str, Any] = {}
        for name, texts in (("a", [a for a, _ in both]), ("b", [b for _, b in both])):
            arrays[f"{name}_ids"], arrays[f"{name}_ends"] = _encoded(tokeniser, texts)
        np.savez(folder / f"{source}.npz", **arrays)
    folder.rename(work / "tokens")


def _encoded(tokeniser: object, texts: Sequence[str]) -> tuple[Ids, npt.NDArray[np.int64]]:
    ids: list[int] = []
    ends = [0]
    for first in range(0, len(texts), _CHUNK):
        folded = [fold(text) for text in texts[first : first + _CHUNK]]
        for encoded in tokeniser.encode_batch_fast(folded):  # type: ignore[attr-defined]
            ids += (i for i in encoded.ids if i)
            ends.append(len(ids))
    return np.array(ids, np.int32), np.array(ends, np.int64)


def read_tokens(work: Path) -> dict[str, tuple[Side, Side]]:
    """Both sides of every source that `make_tokens` wrote."""
    found = {}
    for path in sorted((work / "tokens").glob("*.npz")):
        with np.load(path) as z:
            found[path.stem] = (Side(z["a_ids"], z["a_ends"]), Side(z["b_ids"], z["b_ends"]))
    return found

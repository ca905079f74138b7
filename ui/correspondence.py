"""Which parts of two documents correspond, by how alike their titles and words are. A guess, and said to be one.

Titles are compared by their character bigrams (Dice 1945) or, in English, by their words; meaning by the index's
embedder, where it has one. A pair is kept where each is among the other's best.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from corpus.document import Document
from ui.field_tree import Node, bare

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from indexing.embedders import Embedder

Sureness = Literal["same", "alike", "possible"]
# From these scores on a pair is much alike, and possibly so. Found by eye on guides of the same field.
ALIKE, POSSIBLE = 0.68, 0.52
# The most parts of a document that are compared, characters of each that are read, and pairs that a part is in.
MOST_PARTS, _OPENING, _PAIRS_EACH = 80, 240, 2
# Endings that many names of a guide share, and say nothing of which part it is.
_COMMON = re.compile(r"(?:标准体系|标准|模块|部分|体系|工作|类)+$|[（(]\s*[A-Z]{1,3}\s*[)）]|[\s/／·、，,:：()（）-]+")
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A node with where it stands among its document's parts and how deep."""

    node: Node
    depth: int


@dataclass(frozen=True, slots=True)
class Link:
    """Parts `left` and `right` (by number), how alike they are (0 to 1), and how sure that they correspond."""

    left: int
    right: int
    score: float
    sureness: Sureness


def parts(root: Node) -> tuple[Part, ...]:
    """The parts of a tree that are compared, in the order of the text: the levels from the top, as many as fit."""
    levels = [[Part(node, 1) for node in root.children]]
    while levels[-1]:
        levels.append([Part(child, part.depth + 1) for part in levels[-1] for child in part.node.children])
    taken = {id(part.node) for part in levels[0][:MOST_PARTS]}
    chosen = list(levels[0][:MOST_PARTS])
    for level in levels[1:]:
        if len(chosen) + len(level) > MOST_PARTS:
            break
        chosen.extend(level)
        taken.update(id(part.node) for part in level)
    depths = {id(part.node): part.depth for part in chosen}
    return tuple(Part(node, depths[id(node)]) for node in root.walk() if id(node) in taken)


def links(
    left: tuple[Document, Sequence[Part]], right: tuple[Document, Sequence[Part]], embedder: Embedder | None
) -> tuple[Link, ...]:
    """The pairs that correspond, the surest first."""
    import numpy as np

    if not left[1] or not right[1]:
        return ()
    titles = _titles_alike(left[1], right[1])
    scores = titles
    if embedder is not None:
        meaning = np.clip(embedder.embed_passages(_said(*left)) @ embedder.embed_passages(_said(*right)).T, 0, 1)
        # What both say together counts for more than either; an equal title is enough by itself.
        scores = np.maximum(titles, 0.45 * titles + 0.55 * meaning)
    found = [
        Link(int(i), int(j), float(scores[i, j]), _sureness(float(scores[i, j]), float(titles[i, j])))
        for i, j in zip(*np.nonzero(_kept(scores)), strict=True)
    ]
    return tuple(sorted(found, key=lambda link: (-link.score, link.left, link.right)))


def _sureness(score: float, title: float) -> Sureness:
    return "same" if title >= 0.999 else "alike" if score >= ALIKE else "possible"


def _kept(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Which pairs are among the best of both their parts: shape as given."""
    import numpy as np

    by_row = np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1, kind="stable")
    by_column = np.argsort(np.argsort(-scores, axis=0, kind="stable"), axis=0, kind="stable")
    best = ((by_row == 0) & (by_column < _PAIRS_EACH)) | ((by_column == 0) & (by_row < _PAIRS_EACH))
    return np.asarray(best & (scores >= POSSIBLE))


def _titles_alike(left: Sequence[Part], right: Sequence[Part]) -> npt.NDArray[np.float32]:
    """The Dice coefficient of every pair's titles: shape (len(left), len(right))."""
    import numpy as np

    ours, theirs = ([_terms(part.node.label) for part in side] for side in (left, right))
    return np.array([[_dice(a, b) for b in theirs] for a in ours], dtype=np.float32)


def _dice(a: frozenset[str], b: frozenset[str]) -> float:
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _terms(label: str) -> frozenset[str]:
    """The bigrams of a Chinese name, the words of an English one."""
    name = bare(label).casefold()
    if not any("一" <= c <= "鿿" for c in name):
        return frozenset(_WORD.findall(name))
    name = _COMMON.sub("", name) or name
    return frozenset(name[i : i + 2] for i in range(max(1, len(name) - 1)))


def _said(document: Document, its: Sequence[Part]) -> list[str]:
    """A part's title and how it begins: what its meaning is made of."""
    return [f"{bare(p.node.label)} {document.text[p.node.end : min(p.node.until, p.node.end + _OPENING)]}" for p in its]

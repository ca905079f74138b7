"""Near-duplicates: how much of two texts is the same, estimated from a sketch of each.

The sketch is the smallest hashes of a text's five-character pieces (bottom-k, a form of MinHash): of
the smallest of two texts together, the share that both have estimates their Jaccard similarity, with an
error of about 0.03 at this size. Blanks and letter case play no part.
"""

from __future__ import annotations

import heapq
import itertools
import struct
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

from corpus.document import Document

SIMILAR = 0.8
_PIECE, _SIZE = 5, 256
# Mixes the checksum, whose neighbours are alike for texts that are.
_FACTOR, _MASK = 0x9E3779B1, 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Pair:
    """Two current documents with nearly the same text, and their estimated similarity (0 to 1)."""

    first: str
    second: str
    similarity: float


def sketch(document: Document) -> bytes:
    """A document's sketch: the hashes of its searchable text, smallest first."""
    parts = (document.text[b.start : b.end] for b in document.blocks if b.kind.searchable)
    text = "".join("".join(parts).split()).casefold()
    pieces = {text[i : i + _PIECE] for i in range(max(1, len(text) - _PIECE + 1))}
    hashes = {crc32(piece.encode("utf-8", "surrogatepass")) * _FACTOR & _MASK for piece in pieces}
    smallest = heapq.nsmallest(_SIZE, hashes)
    return struct.pack(f"<{len(smallest)}I", *smallest)


def similarity(one: bytes, other: bytes) -> float:
    """The estimated Jaccard similarity of the texts of two sketches."""
    first, second = _hashes(one), _hashes(other)
    smallest = heapq.nsmallest(_SIZE, first | second)
    return sum(h in first and h in second for h in smallest) / len(smallest) if smallest else 0.0


def similar_pairs(sketches: Mapping[str, bytes], threshold: float = SIMILAR) -> tuple[Pair, ...]:
    """The pairs of documents with at least this similarity, the most similar first. Only those are
    compared whose sketches share one of their smallest hashes, as nearly all such pairs do."""
    holders: dict[int, list[str]] = defaultdict(list)
    for document_id, stored in sketches.items():
        for value in heapq.nsmallest(16, _hashes(stored)):
            holders[value].append(document_id)
    candidates = {pair for ids in holders.values() for pair in itertools.combinations(sorted(ids), 2)}
    pairs = (Pair(a, b, round(similarity(sketches[a], sketches[b]), 3)) for a, b in candidates)
    found = [pair for pair in pairs if pair.similarity >= threshold]
    return tuple(sorted(found, key=lambda pair: (-pair.similarity, pair.first, pair.second)))


def _hashes(stored: bytes) -> set[int]:
    return set(struct.unpack(f"<{len(stored) // 4}I", stored))

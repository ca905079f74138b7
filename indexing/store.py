"""What an engine must do. Every store passes the same contract suite (`tests/test_stores.py`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from corpus.errors import Corrupt
from indexing.lexical import Sparse

LEXICAL, DENSE = "lexical", "dense"
# The payload fields that filters use; each has an index in the engine from the start.
KEYWORD_FIELDS = ("document_id", "origin", "language", "tags", "status", "region", "issuers", "document_number")
DATE_FIELD, UNTIL_FIELD = "date", "until"
NUMBER_FIELDS = (DATE_FIELD, UNTIL_FIELD)
# The last day of what has none.
OPEN_END = 99991231


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage as an engine holds it: its place, what filters need, and its vectors.

    `date` is the document's first day in force, else its day of issue, as yyyymmdd, 0 where it has none;
    `until` is its last day in force. `dense` has unit length. `tokens` are those of a static model, as
    `embed_static` packs them, "" where another made the vectors.
    """

    document_id: str
    number: int
    start: int
    end: int
    origin: str
    language: str
    tags: tuple[str, ...]
    date: int
    lexical: Sparse
    dense: tuple[float, ...] | None = None
    until: int = OPEN_END
    status: str = ""
    region: str = ""
    issuers: tuple[str, ...] = ()
    document_number: str = ""
    tokens: str = ""

    @property
    def id(self) -> int:
        """The engine's key: 63 bits of a hash of the place, so that writing twice changes nothing."""
        digest = hashlib.sha256(f"{self.document_id}:{self.number}".encode()).digest()
        return int.from_bytes(digest[:8], "big") >> 1


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be searched. None leaves a field free; an empty tuple allows nothing. `as_of` leaves
    only what was in force on that day, as yyyymmdd, and what has no date."""

    documents: tuple[str, ...] | None = None
    origins: tuple[str, ...] | None = None
    language: str | None = None
    tags: tuple[str, ...] | None = None
    as_of: int | None = None
    statuses: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    issuers: tuple[str, ...] | None = None
    document_numbers: tuple[str, ...] | None = None

    @property
    def allowed(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The keyword fields that are bounded, each with what is allowed in it."""
        language = None if self.language is None else (self.language,)
        for field, values in (
            ("document_id", self.documents),
            ("origin", self.origins),
            ("language", language),
            ("tags", self.tags),
            ("status", self.statuses),
            ("region", self.regions),
            ("issuers", self.issuers),
            ("document_number", self.document_numbers),
        ):
            if values is not None:
                yield field, values


@dataclass(frozen=True, slots=True)
class Match:
    """A passage that one leg of a search found, with that leg's score; `tokens` as its entry has them."""

    document_id: str
    number: int
    start: int
    end: int
    score: float
    tokens: str = ""


class Store(Protocol):
    """Passages with vectors. All methods may be called from any thread."""

    def upsert(self, entries: Sequence[Entry]) -> None:
        """Writes entries; one with the same document and number is replaced."""
        ...

    def mark(self, document_id: str, facts: Mapping[str, object]) -> None:
        """Gives all entries of a document other facts (see `facts`); an unknown document is no error."""
        ...

    def delete(self, document_id: str) -> None:
        """Removes all entries of a document; an unknown document is no error."""
        ...

    def search(
        self, lexical: Sparse | None, dense: Sequence[float] | None, scope: Scope, limit: int
    ) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
        """The best matches of each leg, best first; a leg that is not asked finds nothing."""
        ...

    def count(self, scope: Scope) -> int:
        """How many entries a scope holds."""
        ...

    def scroll(self, scope: Scope, size: int = 256) -> Iterator[list[Entry]]:
        """All entries of a scope by ascending id, vectors included, at most `size` at a time. Of what is
        written or deleted meanwhile some may be missing."""
        ...

    def snapshot(self) -> str:
        """Copies all entries as they are at this moment; returns the place that `restore` takes."""
        ...

    def restore(self, place: str) -> None:
        """Makes the store what it was when the snapshot was taken."""
        ...

    def flush(self) -> None:
        """Returns when everything written is safe from a power cut."""
        ...

    def close(self) -> None:
        """Releases the engine; the store can't be used afterwards."""
        ...


def payload(entry: Entry) -> dict[str, object]:
    """What an engine stores beside the vectors."""
    return {
        "document_id": entry.document_id,
        "number": entry.number,
        "start": entry.start,
        "end": entry.end,
        "tokens": entry.tokens,
        **facts(entry),
    }


def facts(entry: Entry) -> dict[str, object]:
    """What an entry says of its document as a whole."""
    return {
        "origin": entry.origin,
        "language": entry.language,
        "tags": list(entry.tags),
        "date": entry.date,
        "until": entry.until,
        "status": entry.status,
        "region": entry.region,
        "issuers": list(entry.issuers),
        "document_number": entry.document_number,
    }


def entry(stored: Mapping[str, Any], lexical: Sparse, dense: Sequence[float] | None) -> Entry:
    """An entry from its stored payload and vectors."""
    lists = {field: tuple(stored[field]) for field in ("tags", "issuers")}
    return Entry(**{**stored, **lists}, lexical=lexical, dense=None if dense is None else tuple(dense))


def check_dimension(place: object, found: int | None, wanted: int | None) -> None:
    """Compares the dimension of the vectors that a store holds, None for no vectors, with that of the index's
    identity. Raises `Corrupt` naming both."""
    if found != wanted:
        raise Corrupt(
            f"the index in {place} holds vectors of dimension {found or 'none'}, and those wanted have "
            f"{wanted or 'none'}; build it again with: yiju ingest --rebuild",
            f"索引 {place} 中向量的维数为 {found or '无'}，而所需维数为 {wanted or '无'}；"
            "请重建索引：yiju ingest --rebuild",
        )


def match(stored: dict[str, object], score: float) -> Match:
    """A match from a stored payload."""
    number, start, end = (int(str(stored[key])) for key in ("number", "start", "end"))
    return Match(str(stored["document_id"]), number, start, end, float(score), str(stored.get("tokens", "")))

"""One store's passages to another one, as they are: nothing is embedded again. Knows no engine and no catalogue.

Copying twice gives what copying once gives, so that a copy which was interrupted is begun again. Nothing is deleted.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Set
from itertools import zip_longest

from corpus.errors import BadSetting, Corrupt
from indexing.store import Entry, Scope, Store, payload

_PAGE = 128
# How far a component may be from the original: an engine stores 32 bits, and may bring vectors to unit length.
_ROUNDING = 1e-6


def refuse_strangers(target: Store, documents: Set[str], place: str) -> None:
    """Raises `BadSetting` where the target holds passages of other documents than these."""
    for page in target.scroll(Scope(), _PAGE):
        stranger = next((entry.document_id for entry in page if entry.document_id not in documents), None)
        if stranger is not None:
            raise BadSetting(
                f"{place} holds passages that are not of this index (document {stranger}); remove that collection, "
                "or set YIJU_QDRANT_COLLECTION to another name",
                f"{place} 中有不属于本索引的段落（文件 {stranger}）；请删除该集合，"
                "或将 YIJU_QDRANT_COLLECTION 设为其他名称",
            )


def copy(source: Store, target: Store, progress: Callable[[int, int], None]) -> None:
    """Writes all entries of one store to the other. `progress` gets how many were written, of how many."""
    total, done = source.count(Scope()), 0
    for page in source.scroll(Scope(), _PAGE):
        target.upsert(page)
        done += len(page)
        progress(done, total)
    target.flush()


def verify(source: Store, target: Store, place: str) -> tuple[int, str]:
    """Compares both stores, entry by entry; returns how many there are and the hash of their places, facts and
    terms. Vectors may differ by rounding. Raises `Corrupt` naming what differs first."""
    counts = source.count(Scope()), target.count(Scope())
    if counts[0] != counts[1]:
        raise _different(place, f"{counts[1]:,} / {counts[0]:,}")
    hashes = hashlib.sha256(), hashlib.sha256()
    for one, other in zip_longest(_all(source), _all(target)):
        for entry, digest in zip((one, other), hashes, strict=True):
            if entry is not None:
                digest.update(_exactly(entry))
        if one is None or other is None or not _close(one, other):
            known = one or other
            assert known is not None
            raise _different(place, f"{known.document_id}:{known.number}")
    if hashes[0].digest() != hashes[1].digest():
        raise _different(place, f"{hashes[1].hexdigest()[:12]} / {hashes[0].hexdigest()[:12]}")
    return counts[0], hashes[0].hexdigest()


def _all(store: Store) -> Iterator[Entry]:
    for page in store.scroll(Scope(), _PAGE):
        yield from page


def _exactly(entry: Entry) -> bytes:
    said = [entry.id, payload(entry), entry.lexical.indices]
    return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()


def _close(one: Entry, other: Entry) -> bool:
    pairs = ((one.lexical.values, other.lexical.values), (one.dense or (), other.dense or ()))
    return one.id == other.id and all(
        len(a) == len(b) and all(math.isclose(x, y, rel_tol=_ROUNDING, abs_tol=_ROUNDING) for x, y in zip(a, b))  # noqa: B905
        for a, b in pairs
    )


def _different(place: str, what: str) -> Corrupt:
    return Corrupt(
        f"the copy in {place} is not what the index holds ({what}); run the same command again, and if that does "
        "not help, remove the collection first",
        f"{place} 中的副本与索引不一致（{what}）；请重新运行同一命令，如仍不一致，请先删除该集合",
    )

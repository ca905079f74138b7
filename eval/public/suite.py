"""The sets of the retrieval benchmark: those of some folders, those made of them, and the halves of each.

Half of each set may be looked at while parameters are chosen ("dev": tuned on); what is reached is judged on the
other ("test": not looked at). Which half a question is in follows from what it is drawn with (an article, a
document), so that one text is never in both, and a set in two languages has the same halves in both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from corpus.errors import BadInput
from eval.public.files import read_retrieval
from eval.public.sets import PublicQuery, RetrievalSet

if TYPE_CHECKING:
    import opencc

Half = Literal["dev", "test"]
SIMPLIFIED = "_simplified"


def half(cluster: str) -> Half:
    """The half that the questions of a cluster are in."""
    return "test" if hashlib.sha256(cluster.encode()).digest()[0] % 2 else "dev"


def read_sets(paths: Sequence[Path], queries: int = 0) -> tuple[RetrievalSet, ...]:
    """The sets in these places (each a set, or a folder of sets), and after each set of questions in traditional
    characters the same with simplified ones; of each the first `queries` questions by digest, where that is not 0.
    Raises `BadInput`."""
    places = [place for path in paths for place in _places(path)]
    found: list[RetrievalSet] = []
    for place in places:
        one = read_retrieval(place)
        found += [one, simplified(one)] if is_traditional(one) else [one]
    if twice := sorted({one.name for one in found if [other.name for other in found].count(one.name) > 1}):
        raise BadInput(f"two sets are named {twice[0]}; give one of them", f"有两个评测集名为 {twice[0]}；请只给一个")
    return tuple(shortened(one, queries) if queries else one for one in found)


def _places(path: Path) -> list[Path]:
    if not path.is_dir() or any(path.glob("corpus.jsonl*")) or any(path.glob("**/topics*.tsv*")):
        return [path]
    inside = sorted(place for place in path.iterdir() if place.is_dir() and any(place.glob("**/corpus.jsonl*")))
    return inside or [path]  # a folder without sets is told by what reads it


def is_traditional(one: RetrievalSet) -> bool:
    """Whether most questions have characters that simplified Chinese writes otherwise."""
    judged = one.judged()
    return 2 * sum(_to_simplified(query.text) != query.text for query in judged) > len(judged)


def simplified(one: RetrievalSet) -> RetrievalSet:
    """The same documents, asked in simplified characters (OpenCC's t2s, as people in the mainland would type)."""
    queries = tuple(query.model_copy(update={"text": _to_simplified(query.text)}) for query in one.queries)
    return one.model_copy(
        update={"name": one.name + SIMPLIFIED, "queries": queries, "sha256": _derived(one.sha256, SIMPLIFIED)}
    )


def shortened(one: RetrievalSet, queries: int) -> RetrievalSet:
    """A set with no more than so many questions, the same ones every time, and all its documents."""
    kept = sorted(one.judged(), key=lambda query: hashlib.sha256(query.id.encode()).digest())[:queries]
    return one.model_copy(update={"queries": tuple(kept), "sha256": _derived(one.sha256, str(queries))})


def of_half(one: RetrievalSet, wanted: Half) -> tuple[PublicQuery, ...]:
    """The judged questions of one half."""
    clusters = one.clusters()
    return tuple(query for query in one.judged() if half(clusters[query.id]) == wanted)


def corpus_key(one: RetrievalSet) -> str:
    """The same for sets with the same documents, which one index serves."""
    together = hashlib.sha256()
    for document in one.documents:
        together.update(f"{document.id}\0{document.title}\0{document.text}\0".encode())
    return together.hexdigest()


def _derived(sha256: str, how: str) -> str:
    return hashlib.sha256(f"{sha256} {how}".encode()).hexdigest()


@cache
def _converter() -> opencc.OpenCC:
    import opencc

    return opencc.OpenCC("t2s")


def _to_simplified(text: str) -> str:
    simple: str = _converter().convert(text)
    return simple

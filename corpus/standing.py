"""Which documents others replace: resolves what each says that it supersedes.

A reference is a title, a number, a source's name or a document's id, as people write it. One that names
nothing here yet is kept, and resolved when its document comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from corpus.document import Metadata, Status
from corpus.fields import BY_HAND, SIDECAR, number_of


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a current document: which one supersedes it, and its last day in force where that
    one's first is known."""

    superseded_by: str | None = None
    ended: date | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A current document as references see it. `since` is its first day in force, or of issue; `added`
    is the day on which it came here."""

    id: str
    uri: str
    source: str
    title: str
    number: str | None
    since: date | None
    added: date
    refers: str | None


NO_STANDING = Standing()


@dataclass(frozen=True, slots=True)
class Life:
    """Where a document is in its life: its status as filters see it, its last day in force, and the document
    in its place."""

    status: Status | None
    until: date | None = None
    superseded_by: str | None = None

    def in_force(self, on: date | None = None) -> bool:
        """Whether it holds on a day, today if none is said: drafts never do, and one that will be superseded
        still does."""
        day = on or today()
        if self.status in (Status.DRAFT, Status.COMMENT) or (self.until is not None and self.until < day):
            return False
        return self.status is not Status.WITHDRAWN or bool(self.superseded_by and self.until)


def today() -> date:
    """The day that it is here."""
    return datetime.now().astimezone().date()


def life(metadata: Metadata, standing: Standing) -> Life:
    """What became of a document, by what it says and by what others say of it."""
    last = min((day for day in (metadata.expires, standing.ended) if day), default=None)
    return Life(status(metadata, standing), last, standing.superseded_by)


def standings(candidates: Iterable[Candidate], uri_of: Callable[[str], str | None]) -> dict[str, Standing]:
    """The standing of each superseded document. `uri_of` gives the source of a version's id, current or
    not. Two documents that name each other supersede neither."""
    known = {candidate.id: candidate for candidate in candidates}
    names: dict[str, list[Candidate]] = {}
    for candidate in known.values():
        for name in {_key(candidate.title), _key(candidate.source), _key(candidate.number or "")} - {""}:
            names.setdefault(name, []).append(candidate)
    sources = {candidate.uri: candidate for candidate in known.values()}
    pairs = {
        (newer.id, older.id)
        for newer in known.values()
        if newer.refers
        for older in _named(newer, newer.refers, names, sources, uri_of)
    }
    found: dict[str, Standing] = {}
    for newer_id, older_id in sorted(pairs, key=lambda pair: (_since(known[pair[0]]), pair)):
        if (older_id, newer_id) not in pairs and older_id not in found:
            found[older_id] = Standing(newer_id, _since(known[newer_id]) - timedelta(days=1))
    return found


def status(metadata: Metadata, standing: Standing) -> Status | None:
    """The status that filters see: superseded is withdrawn, unless somebody says otherwise."""
    said = dict(metadata.read_from).get("status") in (SIDECAR, BY_HAND)
    return Status.WITHDRAWN if standing.superseded_by and not said else metadata.status


def _named(
    newer: Candidate,
    reference: str,
    names: Mapping[str, list[Candidate]],
    sources: Mapping[str, Candidate],
    uri_of: Callable[[str], str | None],
) -> list[Candidate]:
    """The documents of other sources that a reference names; those of a name must not be younger."""
    by_id = sources.get(uri_of(reference) or "")
    if by_id is not None:
        return [by_id] if by_id.uri != newer.uri else []
    return [
        older
        for older in names.get(_key(reference), ())
        if older.uri != newer.uri and not (older.since and newer.since and older.since >= newer.since)
    ]


def _since(candidate: Candidate) -> date:
    """The day from which a document replaces others: undated, that on which it was added."""
    return candidate.since or candidate.added


def _key(name: str) -> str:
    return "".join(number_of(name).strip("《》").split()).casefold().replace("(", "（").replace(")", "）")

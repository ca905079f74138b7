"""How many passages hold a term: what BM25's inverse document frequency needs, kept in the catalogue.

Counted per origin, because the samples step aside once there are documents of the user's own, and a
term's rarity must be that among the documents that are searched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from corpus.catalogue import Catalogue
from corpus.schema import tables

_terms = sa.Table(
    "terms",
    tables,
    sa.Column("origin", sa.String, primary_key=True),
    sa.Column("term", sa.Integer, primary_key=True),
    sa.Column("passages", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
# Stands for "all passages"; CRC-32 term ids are never negative.
_ALL = -1
_PER_STATEMENT = 5_000


class Statistics:
    """Counts of passages by term."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def add(self, connection: sa.Connection, origin: str, passages: Sequence[Iterable[int]], sign: int = 1) -> None:
        """Counts the terms of a document's passages, or with `sign` -1 takes them away again."""
        self.write(connection, origin, self.tally(passages), sign)

    @staticmethod
    def tally(passages: Sequence[Iterable[int]]) -> Counter[int]:
        """In how many of these passages each term occurs."""
        counts = Counter(term for passage in passages for term in set(passage))
        counts[_ALL] = len(passages)
        return counts

    def write(self, connection: sa.Connection, origin: str, tally: Counter[int], sign: int = 1) -> None:
        rows = [{"origin": origin, "term": term, "passages": sign * n} for term, n in tally.items()]
        statement = insert(_terms)
        statement = statement.on_conflict_do_update(
            index_elements=["origin", "term"],
            set_={"passages": _terms.c.passages + statement.excluded.passages},
        )
        for i in range(0, len(rows), _PER_STATEMENT):
            connection.execute(statement, rows[i : i + _PER_STATEMENT])
        if sign < 0:
            connection.execute(sa.delete(_terms).where(_terms.c.origin == origin, _terms.c.passages <= 0))

    def clear(self, connection: sa.Connection) -> None:
        connection.execute(sa.delete(_terms))

    def counts(self, terms: Iterable[int], origins: Sequence[str]) -> tuple[Mapping[int, int], int]:
        """How many passages of these origins hold each term, and how many passages there are."""
        wanted = [_ALL, *terms]
        query = (
            sa.select(_terms.c.term, sa.func.sum(_terms.c.passages))
            .where(_terms.c.term.in_(wanted), _terms.c.origin.in_(origins))
            .group_by(_terms.c.term)
        )
        with self._catalogue.reading() as connection:
            found = {int(term): int(count) for term, count in connection.execute(query)}
        return found, found.pop(_ALL, 0)

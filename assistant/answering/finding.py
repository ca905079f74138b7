"""A question's search, or searches: where it names documents, what they say of the rest of it comes first.

A name in a question says where to look, and as a word to be found it leads astray: 国家指南 stands on every title page
and in every bibliography. So the documents that are named are searched for the rest of the question, as if each of
their passages said the name, beside a search of all documents for the whole question. Where a question names several
documents, each is searched by itself and they take turns, what has the figure or date that is asked for first. An
issuer's name may mean the body itself, so what other documents say of it takes its turn as well; and where things are
joined that are no documents (东河和西河各有多长), each is asked about by itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest

from assistant.answering.acronyms import acronyms, last_name, spelled_out
from assistant.answering.asked import asked, each_asked
from assistant.answering.document_names import Name, Named, named
from assistant.answering.table_questions import Rows, asked_rows
from assistant.answering.weighing import MISSHAPEN, Passage, beside_passage, builtin
from indexing.fusion import SHIPPED, Recipe
from indexing.index import Index
from indexing.lexical import LexicalQuestion
from indexing.rerank import Reranker
from indexing.retrieval import RERANK_TOP, Hit, Retriever, Search, hit_at, neighbours
from indexing.store import Scope
from indexing.tokeniser import Translation, with_document_numbers, with_stars

# How many passages are looked at for what an acronym stands for.
_DEFINING = 8
# How many acronyms are known at a time.
_ACRONYMS = 256
# How many hits at most are the rows of a table that are asked for.
_ROW_HITS = 4
# How many times the hits wanted are looked at in each of several documents.
_DEEPER = 2
# How many hits at most are what other documents say of a body that is named.
_MOST_OF_BODY = 3
# More documents than this are not named but described: 上海的文件 in an archive of that city.
_MOST_NAMED = 200


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: the search as one, and what the question names. `each` are the searches within the documents
    of each name, in the question's order; `rows` are those of a table that are asked for, and the first hits."""

    search: Search
    named: Named
    each: tuple[Search, ...] = ()
    rows: Rows | None = None

    def strange(self, hit: Hit) -> bool:
        """Whether a hit is of no document that is named, and says nothing of the body that is."""
        documents = self.named.documents
        return bool(documents) and hit.document_id not in documents and not self.named.is_of_body(hit.text)


class Finder:
    """Finds passages for questions about the current documents of an index."""

    def __init__(
        self,
        index: Index,
        reranker: Reranker | None = None,
        rerank_top: int = RERANK_TOP,
        *,
        recipe: Recipe = SHIPPED,
    ) -> None:
        self._index = index
        self._recipe = recipe
        self._retriever = Retriever(
            index,
            recipe=recipe,
            reranker=reranker,
            rerank_top=rerank_top,
            refine=_worth if recipe.sentences else None,
        )
        self._sentences = recipe.sentences and reranker is None
        self._names: tuple[int, tuple[tuple[str, Name], ...]] = (-1, ())
        # Looked up by a search, so once until the documents change.
        self._spelled = lru_cache(maxsize=_ACRONYMS)(self._spell)

    def find(self, question: str, k: int, scope: Scope, origins: Sequence[str], *, explain: bool = False) -> Found:
        """The `k` best hits. Raises `Unavailable` where a reranker behind an endpoint does not answer."""
        question = with_document_numbers(with_stars(question))
        names = self._known(scope, origins) if self._recipe.names else []
        spelled = self._spelled_in(question, origins) if names else {}
        about = _named(question, names, spelled)
        also = tuple(Translation(acronym, last_name(name), 1.0) for acronym, name in spelled.items())
        search = self._retriever.search(question, k, scope, origins, explain=explain, also=also)
        if not about.groups or len(about.documents) > _MOST_NAMED:
            parts = [
                self._retriever.search(part, k, scope, origins, explain=explain)
                for part in each_asked(question).values()
            ]
            if parts:  # judged as the question that it is
                search = replace(_merged(parts, search, k), question=search.question, by_fusion=search.by_fusion)
            return self._with_rows(question, Found(search, replace(about, groups=(), rest=question, parts=())), k)
        several = len(about.groups) > 1
        each = [
            self._inside(
                part, k, replace(scope, documents=tuple(sorted(group))), origins, also, several=several, explain=explain
            )
            for group, part in zip(about.groups, about.asked_of_each, strict=True)
        ]
        granted = [_granted(one, search) for one in each]
        beside = [self._of_body(about, granted[0], k, scope, origins, explain=explain)] if about.body else []
        merged = _merged([*granted, *beside], search, k)
        if about.parts:  # judged as the question that it is
            merged = replace(merged, question=search.question)
        return self._with_rows(question, Found(merged, about, tuple(granted)), k)

    def _inside(
        self,
        about: str,
        k: int,
        scope: Scope,
        origins: Sequence[str],
        also: Sequence[Translation],
        *,
        several: bool,
        explain: bool,
    ) -> Search:
        """What is found for what is asked of a name within its documents; of `several` names, by the best sentences
        where one figure or date of each is asked for."""
        deep = several and self._sentences and asked(about).one_of_each
        found = self._retriever.search(about, _DEEPER * k if deep else k, scope, origins, explain=explain, also=also)
        return self._by_sentence(about, found, k) if deep else found

    def _spelled_in(self, question: str, origins: Sequence[str]) -> dict[str, str]:
        """The acronyms of a question that the documents spell out, each with what they spell it out as."""
        changes = self._index.catalogue.changes
        said = {acronym: self._spelled(acronym, tuple(origins), changes) for acronym in acronyms(question)}
        return {acronym: name for acronym, name in said.items() if name}

    def _spell(self, acronym: str, origins: tuple[str, ...], _changes: int) -> str | None:
        found = self._retriever.search(acronym, _DEFINING, Scope(), origins)
        return spelled_out(acronym, (hit.text for hit in found.hits))

    def _of_body(
        self, about: Named, own: Search, k: int, scope: Scope, origins: Sequence[str], *, explain: bool
    ) -> Search:
        """What others than its own documents say of the body that is named, which may itself be meant; `own` is what
        was found in its documents, and the best of either search counts the same."""
        found = self._retriever.search(f"{about.body} {about.rest}", k, scope, origins, explain=explain)

        def of_body(hit: Hit) -> bool:
            return hit.document_id not in about.documents and about.is_of_body(hit.text)

        def scaled(hits: Sequence[Hit], best: Sequence[Hit]) -> tuple[Hit, ...]:
            scale = best[0].score / hits[0].score if best and hits and hits[0].score else 1.0
            return tuple(replace(hit, score=round(scale * hit.score, 4)) for hit in hits if of_body(hit))[
                :_MOST_OF_BODY
            ]

        explained = found.explained and replace(
            found.explained,
            hits=tuple(why for hit, why in zip(found.hits, found.explained.hits, strict=True) if of_body(hit))[
                :_MOST_OF_BODY
            ],
        )
        return replace(
            found,
            hits=scaled(found.hits, own.hits),
            by_fusion=scaled(found.by_fusion, own.by_fusion),
            explained=explained,
        )

    def _by_sentence(self, question: str, search: Search, k: int) -> Search:
        """The `k` best of a search within one of several documents, by their best sentences for what is asked."""
        wanted = asked(question).of_each()
        documents = self._index.catalogue.documents(hit.document_id for hit in search.hits)
        passages = [(documents[hit.document_id], hit.start, hit.end) for hit in search.hits]
        best = [-math.inf] * len(passages)
        for place, unit, weight in builtin().weigh(question, search.question, wanted, passages):
            score = beside_passage(weight, search.hits[place], search.hits[0].score)
            best[place] = max(best[place], score - MISSHAPEN * wanted.lacks(unit.text))
        order = sorted(range(len(best)), key=lambda place: -best[place])[:k]
        hits = tuple(replace(search.hits[place], rank=rank) for rank, place in enumerate(order, 1))
        explained = search.explained and replace(
            search.explained, hits=tuple(search.explained.hits[place] for place in order)
        )
        return replace(search, hits=hits, by_fusion=search.by_fusion[:k], explained=explained)

    def _with_rows(self, question: str, found: Found, k: int) -> Found:
        """The same, with the rows of a table first where a question asks for rows."""
        search = found.search
        if len(found.each) > 1:  # each document says its own
            return found
        documents = self._index.catalogue.documents(hit.document_id for hit in search.hits)
        rows = asked_rows(question, found.named.rest, asked(found.named.rest), search, documents)
        if rows is None or search.explained is not None:
            return replace(found, rows=rows)
        first = next(hit for hit in search.hits if hit.document_id == rows.document.id)
        like, spans = replace(first, score=search.hits[0].score), ((row.start, row.end) for row in rows.rows)
        hits = [hit_at(like, rows.document, *span) for span in neighbours(spans)[:_ROW_HITS]]
        hits += [hit for hit in search.hits if not any(hit.overlaps(row) for row in hits)]
        ranked = tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits[:k], 1))
        return replace(found, rows=rows, search=replace(search, hits=ranked))

    def _known(self, scope: Scope, origins: Sequence[str]) -> list[Name]:
        """The names of the current documents that are searched."""
        changes = self._index.catalogue.changes
        if self._names[0] != changes:
            summaries = self._index.catalogue.summaries()
            names = tuple((s.origin, Name(s.id, s.title, s.number, s.issuers, s.region, s.called)) for s in summaries)
            self._names = (changes, names)
        allowed = scope.documents
        return [
            name
            for origin, name in self._names[1]
            if origin in origins and (allowed is None or name.document_id in allowed)
        ]


def _named(question: str, names: Sequence[Name], spelled: Mapping[str, str]) -> Named:
    """What a question names, also by an acronym that the documents spell out."""
    about = named(question, names)
    if not spelled:
        return about
    written = question
    for acronym, name in spelled.items():
        written = written.replace(acronym, name)
    whole = named(written, names)
    return whole if len(whole.groups) > len(about.groups) else about


def _worth(question: str, lexical: LexicalQuestion, passages: Sequence[Passage]) -> list[float]:
    """What the best sentence of each passage is worth; 0 where a passage has none."""
    worth = [0.0] * len(passages)
    for place, _, weight in builtin().weigh(question, lexical, asked(question), passages):
        worth[place] = max(worth[place], weight)
    return worth


def _granted(one: Search, whole: Search) -> Search:
    """A search within named documents, with the share of the question that the name is added to every score."""
    asked = whole.question.ceiling
    share = max(0.0, 1 - one.question.ceiling / asked) if asked else 0.0

    def raised(hits: Sequence[Hit]) -> tuple[Hit, ...]:
        return tuple(replace(hit, score=round(share + (1 - share) * hit.score, 4)) for hit in hits)

    return replace(one, hits=raised(one.hits), by_fusion=raised(one.by_fusion))


def _merged(each: Sequence[Search], whole: Search, k: int) -> Search:
    """The hits of all these searches, each place once: by score, or in turn where several documents are named. The
    question is the rest that was searched in the documents."""
    inside = _order([one.hits for one in each])
    hits = _best(inside, whole.hits, k)
    by_fusion = _best(_order([one.by_fusion for one in each]), whole.by_fusion, k)
    explained = whole.explained
    if explained is not None:
        said = {
            _place(hit): why
            for one in (whole, *each)
            if one.explained
            for hit, why in zip(one.hits, one.explained.hits, strict=True)
        }
        explained = replace(explained, hits=tuple(replace(said[_place(hit)], rank=hit.rank) for hit in hits))
    return replace(whole, question=each[0].question, hits=hits, by_fusion=by_fusion, explained=explained)


def _order(each: Sequence[Sequence[Hit]]) -> list[Hit]:
    return [hit for turn in zip_longest(*each) for hit in turn if hit is not None]


def _best(inside: Sequence[Hit], outside: Sequence[Hit], k: int) -> tuple[Hit, ...]:
    """The best `k`, those of named documents in their order; what overlaps what is taken is left out."""
    kept: list[Hit] = []
    rest = iter(outside)
    other = next(rest, None)
    for hit in inside:
        while other is not None and other.score > hit.score:
            kept.append(other)
            other = next(rest, None)
        kept.append(hit)
    kept += ([other] if other else []) + list(rest)
    taken: list[Hit] = []
    for hit in kept:
        if len(taken) < k and not any(hit.overlaps(each) for each in taken):
            taken.append(hit)
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(taken, 1))


def _place(hit: Hit) -> tuple[str, int, int]:
    return hit.document_id, hit.start, hit.end

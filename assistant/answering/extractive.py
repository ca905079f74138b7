"""The answerer without a model: the sentences of the documents that say it, word for word.

What is on record is said first: a field, rows of a table, the classes of a section. Else the sentences are said that
`assistant.answering.choosing` chooses, each with all the places that say the same. Of documents that are compared each
says its own, or that it says nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from assistant import texts
from assistant.answering import field_answers, section_answers, table_answers
from assistant.answering.asked import Asked, asked, counts, listed
from assistant.answering.choosing import Extract, bare, chosen, is_said, of_each_thing
from assistant.answering.finding import Found
from assistant.answering.section_answers import listing
from assistant.answering.section_names import after_mark
from assistant.answering.sums import sum_of
from assistant.answering.weighing import FIRST, MISSHAPEN, PASSAGE
from assistant.answers import Draft
from corpus.document import Document, Kind
from corpus.sentences import sentences
from corpus.structure import numbered
from indexing.retrieval import Search

NAME = "extractive/2"

# The most sentences that one of several documents says.
_MOST_OF_SEVERAL = 3
# A document's best sentence has to weigh this much for it to say anything about what it is asked.
_SILENT = 1.5
# The same where it is in another language than the question, of whose words it says less.
_SILENT_ABROAD = 0.5
# The most characters of the label that an item begins with: 4. 治理标准。
_LABEL = 24


def draft(
    found: Found,
    documents: Mapping[str, Document],
    not_in_force: Container[str] = (),
    *,
    language: str = "zh",
    said: str = "",
) -> Iterator[Draft]:
    """The sentences that answer a question best, word for word, in the order to be said.

    `documents` holds the document of every hit; what those `not_in_force` say comes after what others say as well.
    `language` is that of what is said about rows that are counted. What was `said` before is not said again.
    """
    said = bare(said) if said else ""
    if told := known(found, documents, language):
        yield from told if not said else (one for one in told if one.spans and not is_said(one.text, said))
        return
    wanted = asked(found.named.rest)
    if len(found.each) > 1 and any(search.hits for search in found.each):
        each = zip(found.named.asked_of_each, found.each, strict=True)
        sides = [list(_side(about, one, documents, not_in_force, language, said)) for about, one in each if one.hits]
        for side in sorted(sides, key=lambda side: len(side) > 1):  # what says nothing first, in one line
            yield from side
        return
    for place, one in enumerate(extract(found, documents, not_in_force, said)):
        told_by_it = _draft(one, documents, wanted)
        yield told_by_it
        if place or said:
            continue
        if "count" in wanted.kinds and "list" not in wanted.kinds:
            yield from _counted(told_by_it, wanted, language)
        if added := sum_of(found.named.rest, one.text, language):
            yield Draft(added, (), 1.0)


def known(found: Found, documents: Mapping[str, Document], language: str) -> list[Draft]:
    """What is on record: a field of the document that is named, rows of a table, or the classes of a section; empty
    where that is not asked."""
    wanted = asked(found.named.rest)
    if fields := list(field_answers.draft(found, documents, wanted)):
        return fields
    if len(found.each) > 1:  # each says its own
        return []
    sections = section_answers.draft(found, documents, wanted, language)
    if found.rows is not None and (found.rows.spoken or not sections):
        return table_answers.draft(found.rows, found.search.hits, wanted, language)
    return sections


def _side(
    about: str,
    search: Search,
    documents: Mapping[str, Document],
    not_in_force: Container[str],
    language: str,
    said: str,
) -> Iterator[Draft]:
    """What one of several documents says, beside the others, under its title; or that it says nothing. Nothing where
    all that it says was `said` before."""
    metadata = documents[search.hits[0].document_id].metadata
    title, silent = metadata.title, _SILENT if metadata.language == language else _SILENT_ABROAD
    heading = Draft(f"《{title}》：" if language == "zh" else f"{title}:", (), 1.0)
    wanted = asked(about).of_each()
    on_record = list(field_answers.of_one(about, search, documents, wanted))
    on_record = on_record or section_answers.of_hits(about, search, search.hits[:1], documents, asked(about), language)
    if on_record:
        yield from () if said else (heading, *on_record)
        return
    best = chosen(about, wanted, search, documents, not_in_force, most=_MOST_OF_SEVERAL, misshapen=MISSHAPEN, said=said)
    # A goal may be told without its date: what has not the shape asked for is less, and is not silence.
    if not best or max(one.score + MISSHAPEN * wanted.lacks(one.text) for one in best) < PASSAGE + FIRST + silent:
        yield from () if said else (Draft(texts.says_nothing(title, language), (), 1.0),)
        return
    yield heading
    yield from (_draft(one, documents, wanted) for one in best)


def extract(
    found: Found, documents: Mapping[str, Document], not_in_force: Container[str] = (), said: str = ""
) -> tuple[Extract, ...]:
    """The spans that answer a question best, in the order to be said; empty where nothing fits, or all was `said`
    before (`bare`). `text == document.text[start:end]` for each."""
    about = found.named.rest
    of_each = () if said else of_each_thing(found, documents, not_in_force)
    return of_each or chosen(about, asked(about), found.search, documents, not_in_force, found.strange, said=said)


def _draft(one: Extract, documents: Mapping[str, Document], wanted: Asked) -> Draft:
    document = documents[one.hit.document_id]
    is_row = one.block.kind is Kind.TABLE_ROW
    if is_row and (read := table_answers.record(document, one.hit, one.start, one.end)):
        return Draft(*read, 1.0)
    places = (one, *one.same)
    spans = [(place.hit, place.start, place.end) for place in places]
    text = one.text
    if label := _label(one, document, wanted):
        text = f"{document.quote(*label)}…{text}"
        spans.insert(0, (one.hit, *label))
    return Draft(text, tuple(spans), 1.0)


def _counted(said: Draft, wanted: Asked, language: str) -> Iterator[Draft]:
    """How many items a sentence lists that is asked the number of them and does not say it; counted, not quoted."""
    number = listed(said.text)
    of_things = language != "zh" or wanted.measure in wanted.measures  # not of pages, 几页, or of a size, 参数量
    if number and of_things and not counts(said.text):
        yield Draft(listing(number, wanted.measure if language == "zh" else ""), (), 1.0)


def _label(one: Extract, document: Document, wanted: Asked) -> tuple[int, int] | None:
    """How the item begins that a sentence is from, which says what it is about; where it is asked what something
    belongs to, else the heading above it."""
    block = one.block
    first = next(iter(sentences(document.text, block.start, block.end)), None)
    if first is not None and one.start < first[1] and first[1] - one.start <= _LABEL:
        return None  # it begins with its label
    if first is not None and one.start >= first[1]:
        start = after_mark(document.text, *first)
        if 0 < first[1] - start <= _LABEL and (numbered(document.quote(*first)) or "class" in wanted.kinds):
            return start, first[1]
    if "class" in wanted.kinds and block.headings:
        above = (b for b in reversed(document.blocks) if b.kind is Kind.HEADING and b.end <= block.start)
        heading = next((b for b in above if document.quote(b.start, b.end).strip() == block.headings[-1].strip()), None)
        if heading is not None:
            return heading.start, heading.end
    return None

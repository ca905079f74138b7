"""The source beside an answer: a span highlighted in its document, as text, as rows of a table, and on the page.

The highlighted text is exactly the document's, whole. Pages come from the API when somebody looks at them
(`assets/source.js`); nothing here opens a file. Every text of a document is escaped here.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import escape

from assistant.answers import Citation, Hit
from assistant.core import Assistant
from assistant.texts import caution, status_word
from corpus.document import Document, Row, Status, Table
from corpus.errors import NotFound
from corpus.originals import has_pages
from corpus.standing import Life
from indexing.retrieval import headings_at
from ui.texts import Language
from ui.texts_more import SOURCE, SourceWords

# Characters of the text, and rows of a table, that are shown on each side of a span.
AROUND, _ROWS_AROUND = 600, 4
_MOST_ROWS = 40
# Characters of the quote in the words that stand for a picture.
_SPOKEN = 200
NOWHERE: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Span:
    """A place that nobody has cited: a heading, a passage, a row."""

    document_id: str
    start: int
    end: int
    headings: tuple[str, ...] = ()
    page: int | None = None

    @classmethod
    def of(cls, document: Document, start: int, end: int) -> Span:
        return cls(document.id, start, end, headings_at(document, start, end), document.page_at(start))


def empty(language: Language) -> str:
    """The panel before anything was chosen."""
    return message(SOURCE[language].empty, language)


def to_choose(language: Language) -> str:
    """The panel before a place in a document was chosen."""
    return message(SOURCE[language].choose, language)


def message(said: str, language: Language) -> str:
    """The panel with a sentence in it, such as why there is no source."""
    return (
        f'<aside class="yj-source" aria-label="{escape(SOURCE[language].title)}">'
        f'<p class="yj-source-empty">{escape(said)}</p></aside>'
    )


def panel(
    assistant: Assistant,
    place: Citation | Hit | Span,
    language: Language,
    *,
    number: int | None = None,
    of: int = 0,
    answer: Mapping[str, int] = NOWHERE,
    may_ask: bool = True,
) -> str:
    """A place in its document as it stands today. With `number` of `of` citations these can be stepped through:
    `answer` says which answer's they are, as the page's events do ({"turn": 3}). `may_ask` offers to ask inside the
    document; without it a narrow window has a way back up to what was chosen from. A document that was removed
    gives a panel that says so."""
    try:
        document, life = assistant.document(place.document_id), assistant.life(place.document_id)
    except NotFound as error:
        return message(error.text(language), language)
    words = SOURCE[language]
    warning = caution(life, language, successor=successor(assistant, place.document_id, language))
    warned = f'<p class="yj-caution" role="note">{escape(warning)}</p>' if warning else ""
    headings = "".join(f"<li>{escape(heading)}</li>" for heading in place.headings)
    path = f'<ol class="yj-path">{headings}</ol>' if headings else ""
    steps = _steps(answer, number, of, words) if number is not None else ""
    pictured = _pictured(assistant, document, place)
    up = "" if may_ask else f'<button type="button" class="yj-up" data-up="1">↑ {escape(words.up)}</button>'
    inside = (
        f'<button type="button" class="yj-inside" data-inside="{escape(document.id)}">{escape(words.inside)}</button>'
        if may_ask
        else ""
    )
    return (
        f'<aside class="yj-source" aria-label="{escape(words.title)}">'
        f"{steps}<h3>{escape(document.metadata.title)}</h3>"
        f'<p class="yj-facts">{escape(_facts(document, place, life, language))}</p>{warned}{path}'
        f'<div class="yj-tools">{_switch(words) if pictured else ""}{_copy(document, place, words)}{inside}{up}</div>'
        f'<div class="yj-text" tabindex="0">{text_around(document, place.start, place.end, words)}</div>'
        f"{_sheet(document, place, words) if pictured else ''}</aside>"
    )


def text_around(document: Document, start: int, end: int, words: SourceWords) -> str:
    """A span in the text around it; where it is in a table, in the table with its header."""
    table = _table_at(document, start, end)
    if table is not None:
        return _in_table(document, table, start, end, words)
    text = document.text
    first, last = _window(text, start, end)
    before = ("…" if first else "") + escape(text[first:start])
    after = escape(text[end:last]) + ("…" if last < len(text) else "")
    return f"{before}{_mark(text[start:end])}{after}"


def _mark(words: str) -> str:
    return f'<mark class="yj-quote">{escape(words)}</mark>'


def _table_at(document: Document, start: int, end: int) -> Table | None:
    """The table whose rows a span lies in from its beginning to its end, None where there is none."""
    for table in document.tables:
        inside = [row for row in table.rows if row.start < end and start < row.end]
        if inside and inside[0].start <= start and end <= inside[-1].end:
            return table
    return None


def _in_table(document: Document, table: Table, start: int, end: int, words: SourceWords) -> str:
    """The rows of a span and some around them, below the table's header. Its exact words follow its last row."""
    cited = [n for n, row in enumerate(table.rows) if row.start < end and start < row.end]
    first = max(0, cited[0] - _ROWS_AROUND)
    last = min(len(table.rows), cited[-1] + 1 + _ROWS_AROUND, first + _MOST_ROWS)
    width = max(len(table.columns), *(len(row.cells) for row in table.rows[first:last]))
    after_row = min(cited[-1], last - 1)
    exact = (
        f'<tr class="yj-exact"><td colspan="{width}"><div><span>{escape(words.exact)}</span> '
        f"{_mark(document.text[start:end])}</div></td></tr>"
    )
    rows = "".join(
        _row(document, row, cited=n in cited) + (exact if n == after_row else "")
        for n, row in enumerate(table.rows[first:last], first)
    )
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    caption = f"<caption>{escape(table.title)}</caption>" if table.title else ""
    above = f'<p class="yj-more">{escape(words.rows_above.format(first))}</p>' if first else ""
    left = len(table.rows) - last
    below = f'<p class="yj-more">{escape(words.rows_below.format(left))}</p>' if left else ""
    return (
        f'{above}<div class="yj-scroll" tabindex="0"><table class="yj-table">{caption}<thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{below}"
    )


def _row(document: Document, row: Row, *, cited: bool) -> str:
    """A row's cells; those that stand in another row, in a merged cell, are quieter."""
    own = document.text[row.start : row.end]
    cells = "".join(_cell(cell, merged=cell not in own) for cell in row.cells)
    return f'<tr class="yj-cited">{cells}</tr>' if cited else f"<tr>{cells}</tr>"


def _cell(cell: str, *, merged: bool) -> str:
    return f'<td class="yj-merged">{escape(cell)}</td>' if merged else f"<td>{escape(cell)}</td>"


def _pictured(assistant: Assistant, document: Document, place: Citation | Hit | Span) -> bool:
    """Whether the place is on a page of which there is a picture."""
    originals = assistant.index.originals
    kept = originals is not None and originals.path(document.sha256) is not None
    return place.page is not None and has_pages(document.source) and kept


def _switch(words: SourceWords) -> str:
    return (
        f'<div class="yj-views" role="group" aria-label="{escape(words.how_shown)}">'
        f'<button type="button" data-view="text" aria-pressed="true">{escape(words.as_text)}</button>'
        f'<button type="button" data-view="page" aria-pressed="false">{escape(words.as_page)}</button></div>'
    )


def _copy(document: Document, place: Citation | Hit | Span, words: SourceWords) -> str:
    """The button that copies a quote with where it stands, as it would be pasted into a memo."""
    where = [document.metadata.title, *place.headings]
    where += [words.page.format(place.page)] if place.page is not None else []
    said = f"{document.quote(place.start, place.end)}\n—— {' › '.join(where)}"
    return (
        f'<button type="button" class="yj-copy" data-copy="{escape(said)}" data-copied="{escape(words.copied)}">'
        f"{escape(words.copy)}</button>"
    )


def _sheet(document: Document, place: Citation | Hit | Span, words: SourceWords) -> str:
    """Where the page is drawn when it is looked at, with what the script needs to know."""
    last = max((block.page + len(block.turns) for block in document.blocks if block.page), default=1)
    quote = " ".join(document.quote(place.start, place.end).split())
    spoken = words.picture.format(document.metadata.title, quote[:_SPOKEN])
    buttons = "".join(
        f'<button type="button" data-{what} aria-label="{escape(label)}" title="{escape(label)}">{sign}</button>'
        for what, sign, label in (
            ('leaf="-1"', "‹", words.page_back),
            ('leaf="1"', "›", words.page_on),
            ('zoom="-1"', "−", words.zoom_out),
            ('zoom="1"', "+", words.zoom_in),
        )
    )
    return (
        f'<div class="yj-sheet" hidden data-document="{escape(document.id)}" data-start="{place.start}"'
        f' data-end="{place.end}" data-page="{place.page}" data-pages="{last}"'
        f' data-counted="{escape(words.page_of)}" data-spoken="{escape(spoken)}"'
        f' data-blocks="{escape(words.blocks_only)}" data-failed="{escape(words.no_picture)}">'
        f'<div class="yj-leafing">{buttons}<span role="status">{escape(words.drawing)}</span></div>'
        '<div class="yj-paper" tabindex="0"><div class="yj-leaf"></div></div></div>'
    )


def successor(assistant: Assistant, document_id: str, language: Language) -> str:
    """The title of the document in a document's place, as it is written in a sentence; "" where there is none."""
    after = assistant.life(document_id).superseded_by
    if not after:
        return ""
    with suppress(NotFound):
        title = assistant.document(after).metadata.title
        return f"《{title.strip('《》')}》" if language == "zh" else f"“{title}”"
    return ""


def _facts(document: Document, place: Citation | Hit | Span, life: Life, language: Language) -> str:
    words, metadata = SOURCE[language], document.metadata
    facts = [document.source]
    if place.page is not None:
        facts.append(words.page.format(place.page))
    if metadata.number:
        facts.append(metadata.number)
    if metadata.date:
        facts.append(f"{words.dated} {metadata.date.isoformat()}")
    if metadata.effective and life.status not in (Status.DRAFT, Status.COMMENT):
        facts.append(words.effective.format(metadata.effective.isoformat()))
    if life.until:
        facts.append(words.until.format(life.until.isoformat()))
    status = life.status or metadata.status
    if status and (status is not Status.CURRENT or life.in_force()):
        facts.append(status_word(status, language))
    return "  ·  ".join(facts)


def _steps(answer: Mapping[str, int], number: int, of: int, words: SourceWords) -> str:
    where = "".join(f' data-{escape(key)}="{value}"' for key, value in answer.items())

    def step(to: int, sign: str, label: str) -> str:
        off = "" if 1 <= to <= of else " disabled"
        return (
            f'<button type="button" class="yj-step"{where} data-citation="{to}"'
            f' aria-label="{escape(label)}" title="{escape(label)}"{off}>{sign}</button>'
        )

    return (
        f'<div class="yj-steps"><span>{escape(words.cited)} {number} / {of}</span>'
        f"{step(number - 1, '‹', words.previous)}{step(number + 1, '›', words.next)}</div>"
    )


def _window(text: str, start: int, end: int) -> tuple[int, int]:
    """The part of a document to show around a span, begun and ended at line ends where one is near."""
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    if first:
        line = text.find("\n", first, start)
        first = line + 1 if line != -1 else first
    if last < len(text):
        line = text.rfind("\n", end, last)
        last = line if line != -1 else last
    return first, last

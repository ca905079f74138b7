"""The corpus page as HTML: the list of documents, what is known of one, and how it was read.

Pure functions of what they are given; every text from outside is escaped here. Each button says in `data-act` what
it asks for, which `ui/documents.py` does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from assistant.core import DocumentSummary
from assistant.texts import caution, status_word
from corpus.document import Block, Document, Metadata, Status, Table
from corpus.fields import FIELDS
from corpus.standing import Life
from indexing.passages import Passage
from indexing.tokens import count_tokens
from ui.field_tree import Node, heading_tree
from ui.texts import Language
from ui.texts_more import CORPUS, CorpusWords

PAGE = 50
_ROWS, _MOST_LEFT_OUT = 30, 100
_SNIPPET = 120
# How metadata say where in the text they were read.
_IN_TEXT = re.compile(r"text (\d+)–(\d+)")
_LANGUAGES = {"zh": "中文", "en": "English"}
# What a column of the list is sorted by.
SORTS = ("title", "number", "issuers", "date", "status", "passages", "language")


@dataclass(frozen=True, slots=True)
class View:
    """What one visitor looks at: the list as searched, sorted and paged, or with `document` that one. `passages` is
    the first passage that is shown of it; `said` is a sentence for the visitor and `wrong` says it is an error."""

    query: str = ""
    sort: str = "title"
    descending: bool = False
    first: int = 0
    document: str | None = None
    passages: int = 0
    said: str = ""
    wrong: bool = False


def drop_zone(language: Language, kinds: Sequence[str], most_bytes: int) -> str:
    """Where files are dropped or chosen, with the words that the script says as they are read."""
    words = CORPUS[language]
    said = {name: getattr(words, name) for name in ("waiting", "sending", "reading", "offline", "twin")}
    said |= outcomes(language)
    data = "".join(f' data-{name}="{escape(text)}"' for name, text in said.items())
    shown = escape(words.kinds.format(" ".join(kinds), most_bytes >> 20))
    return (
        f'<div class="yj-drop" lang="{language}"{data}><p>{escape(words.drop)} '
        f'<label class="yj-choose">{escape(words.choose)}'
        f'<input type="file" multiple accept="{escape(",".join(kinds))}"></label></p><p class="yj-kinds">{shown}</p>'
        '<ul class="yj-sent" aria-live="polite"></ul></div>'
    )


def search_box(query: str, language: Language) -> str:
    """Where words of a title, a number, an issuer or a file's name are written."""
    return (
        f'<label class="yj-search"><span>{escape(CORPUS[language].search)}</span>'
        f'<input type="search" maxlength="200" value="{escape(query)}" autocomplete="off"></label>'
    )


def outcomes(language: Language) -> dict[str, str]:
    """What becomes of a file, as the API names it, in words."""
    zh = ("已添加", "已更新为新版本", "元数据已更新", "已在库中", "未添加")
    en = ("added", "replaced the version before", "new metadata", "already here", "not added")
    names = ("added", "replaced", "updated", "unchanged", "failed")
    return dict(zip(names, zh if language == "zh" else en, strict=True))


def listing(documents: Sequence[DocumentSummary], view: View, language: Language) -> str:
    """The documents that match, a page of them."""
    words = CORPUS[language]
    found = matching(documents, view)
    if not found:
        text = words.none_found.format(view.query.strip()) if documents else words.none_yet
        return f'<div class="yj-corpus">{_said(view)}<p class="yj-none" role="status">{escape(text)}</p></div>'
    shown = found[view.first : view.first + PAGE]
    heads = "".join(_head(name, key, view) for name, key in zip(words.columns, SORTS, strict=True))
    rows = "".join(_row(document, words, language) for document in shown)
    return (
        f'<div class="yj-corpus">{_said(view)}<table class="yj-list">'
        f'<caption aria-live="polite">{escape(words.listed.format(len(found)))}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f"{_pager('page', view.first, len(found), words)}</div>"
    )


def matching(documents: Sequence[DocumentSummary], view: View) -> list[DocumentSummary]:
    """The documents with every word of the query, sorted; what is unknown comes last, and after
    it the documents that are not searched."""
    terms = view.query.casefold().split()
    found = [d for d in documents if all(term in _searched(d) for term in terms)]
    key = view.sort if view.sort in SORTS else "title"
    known = [d for d in found if getattr(d, key) not in (None, ())]
    unknown = [d for d in found if getattr(d, key) in (None, ())]
    ordered = sorted(known, key=lambda d: getattr(d, key), reverse=view.descending) + unknown
    return sorted(ordered, key=lambda d: not d.searched)


def _searched(document: DocumentSummary) -> str:
    parts = (document.title, document.number or "", *document.issuers, document.source, document.region or "")
    return "\n".join(parts).casefold()


def _head(name: str, key: str, view: View) -> str:
    order = ("descending" if view.descending else "ascending") if view.sort == key else "none"
    arrow = {"ascending": " ▲", "descending": " ▼", "none": ""}[order]
    return (
        f'<th scope="col" aria-sort="{order}"><button type="button" data-act="sort" data-by="{key}">'
        f'{escape(name)}<span aria-hidden="true">{arrow}</span></button></th>'
    )


def _row(document: DocumentSummary, words: CorpusWords, language: Language) -> str:
    status = status_word(document.status, language)
    off = "" if document.searched else f'<span class="yj-off">{escape(words.not_searched)}</span>'
    cells = (
        document.number or "",
        "、".join(document.issuers),
        document.date or "",
        status,
        f"{document.passages:,}",
        _LANGUAGES.get(document.language, document.language),
    )
    labelled = "".join(
        f'<td data-label="{escape(name)}">{escape(cell)}</td>'
        for name, cell in zip(words.columns[1:], cells, strict=True)
    )
    return (
        f'<tr><th scope="row"><button type="button" data-act="open" data-id="{escape(document.id)}">'
        f"{escape(document.title)}</button><small>{escape(document.source)} {off}</small></th>{labelled}</tr>"
    )


def _pager(act: str, first: int, total: int, words: CorpusWords) -> str:
    if total <= PAGE:
        return ""

    def button(to: int, label: str) -> str:
        off = "" if 0 <= to < total else " disabled"
        return f'<button type="button" data-act="{act}" data-first="{max(0, to)}"{off}>{escape(label)}</button>'

    said = words.range.format(first + 1, min(total, first + PAGE))
    return (
        f'<p class="yj-pager">{button(first - PAGE, words.earlier)}<span>{escape(said)} / {total}</span>'
        f"{button(first + PAGE, words.later)}</p>"
    )


def _said(view: View) -> str:
    if not view.said:
        return ""
    kind, role = ("yj-wrong", "alert") if view.wrong else ("yj-done", "status")
    return f'<p class="{kind}" role="{role}">{escape(view.said)}</p>'


@dataclass(frozen=True, slots=True)
class Opened:
    """One document as it is shown: its life, what is in its place, the versions of its source (newest first), and
    the passages that the search cuts it into."""

    document: Document
    life: Life
    successor: str
    versions: tuple[DocumentSummary, ...]
    passages: tuple[Passage, ...]

    @property
    def is_current(self) -> bool:
        return any(version.current and version.id == self.document.id for version in self.versions)


def details(opened: Opened, view: View, language: Language, *, may_change: bool) -> str:
    """All that is known of a document, and how it was read."""
    words, document = CORPUS[language], opened.document
    warning = caution(opened.life, language, successor=opened.successor)
    warned = f'<p class="yj-caution" role="note">{escape(warning)}</p>' if warning else ""
    said = words.characters.format(f"{len(document.text):,}")
    return (
        f'<div class="yj-corpus yj-one"><button type="button" class="yj-back" data-act="back">← {escape(words.back)}'
        f"</button>{_said(view)}<h2>{escape(document.metadata.title)}</h2>"
        f'<p class="yj-facts">{escape(document.source)}  ·  {escape(said)}</p>{warned}'
        f"{_about(opened, words, language, may_change=may_change)}{_versions(opened, words)}"
        f"<h3>{escape(words.how_read)}</h3>{_notes(document, words, language)}{_outline(document, words)}"
        f"{_tables(document, words)}{_left_out(document, words)}{_passages(opened.passages, view.passages, words)}"
        f"{_removal(opened, words) if may_change else ''}</div>"
    )


def value_of(metadata: Metadata, field: str) -> str:
    """A field's value as a form shows it."""
    value = getattr(metadata, field)
    return ", ".join(value) if isinstance(value, tuple) else str(value or "")


def _about(opened: Opened, words: CorpusWords, language: Language, *, may_change: bool) -> str:
    metadata = opened.document.metadata
    sources = dict(metadata.read_from)
    known = "".join(
        f"<div><dt>{escape(words.fields[field])}</dt><dd>{escape(_shown(metadata, field, language))}"
        f"{_read_from(sources.get(field, ''), words)}</dd></div>"
        for field in FIELDS
        if value_of(metadata, field)
    )
    missing = [words.fields[field] for field in FIELDS if not value_of(metadata, field)]
    unknown = f"<div><dt>{escape(words.unknown)}</dt><dd>{escape(' · '.join(missing))}</dd></div>" if missing else ""
    form = _form(metadata, words, language) if may_change and opened.is_current else ""
    old = "" if opened.is_current else f'<p class="yj-caution">{escape(words.only_current)}</p>'
    return f'<h3>{escape(words.about)}</h3>{old}<dl class="yj-known">{known}{unknown}</dl>{form}'


def _shown(metadata: Metadata, field: str, language: Language) -> str:
    value = value_of(metadata, field)
    if field == "status":
        return status_word(value, language)
    return _LANGUAGES.get(value, value) if field == "language" else value


def _read_from(source: str, words: CorpusWords) -> str:
    """Where a value was read; a place in the text can be opened."""
    if not source:
        return ""
    before, _, after = words.read_from.partition("{}")
    place = _IN_TEXT.fullmatch(source)
    if place:
        shown = _place(int(place[1]), int(place[2]), words.sources["place"].format(place[1], place[2]))
    else:
        shown = escape(words.sources.get(source, source))
    return f" <small>{escape(before)}{shown}{escape(after)}</small>"


def _form(metadata: Metadata, words: CorpusWords, language: Language) -> str:
    fields = "".join(
        f"<label><span>{escape(words.fields[field])}</span>{_input(field, form, metadata, language)}</label>"
        for field, form in FIELDS.items()
    )
    return (
        f'<details class="yj-edit"><summary>{escape(words.edit)}</summary><form data-act="save">{fields}'
        f'<p class="yj-hint">{escape(words.hint)}</p><button type="submit">{escape(words.save)}</button>'
        "</form></details>"
    )


def _input(field: str, form: str, metadata: Metadata, language: Language) -> str:
    value = value_of(metadata, field)
    choices: Mapping[str, str] = {}
    if form == "status":
        choices = {"": "", **{str(status): status_word(status, language) for status in Status}}
    elif form == "language":
        choices = _LANGUAGES
    if choices:
        options = "".join(
            f'<option value="{code}"{" selected" if code == value else ""}>{escape(name)}</option>'
            for code, name in choices.items()
        )
        return f'<select name="{field}">{options}</select>'
    kind = "date" if form == "date" else "text"
    return f'<input name="{field}" type="{kind}" value="{escape(value)}" autocomplete="off">'


def _versions(opened: Opened, words: CorpusWords) -> str:
    rows = "".join(
        f'<li><button type="button" data-act="open" data-id="{escape(v.id)}"'
        f"{' disabled' if v.id == opened.document.id else ''}>{escape(v.added[:16].replace('T', ' '))}</button> "
        f"{escape(words.current if v.current else words.replaced)}"
        f"{escape(' · ' + words.this_version) if v.id == opened.document.id else ''} <code>{escape(v.id)}</code></li>"
        for v in opened.versions
    )
    return f'<h3>{escape(words.versions)}</h3><ol class="yj-versions">{rows}</ol>'


def _notes(document: Document, words: CorpusWords, language: Language) -> str:
    rows = "".join(f"<li>{escape(note.text(language))}</li>" for note in document.notes)
    return f'<h4>{escape(words.notes)}</h4><ul class="yj-notes">{rows}</ul>' if rows else ""


def _place(start: int, end: int, label: str) -> str:
    """A button that opens a span in the source panel."""
    return (
        f'<button type="button" class="yj-place" data-act="show" data-start="{start}" data-end="{end}">'
        f"{escape(label)}</button>"
    )


def _folded(title: str, inner: str, *, is_open: bool = False) -> str:
    return f"<details{' open' if is_open else ''}><summary>{escape(title)}</summary>{inner}</details>"


def _outline(document: Document, words: CorpusWords) -> str:
    root = heading_tree(document)
    inner = f'<div class="yj-outline">{_branch(root)}</div>' if root.children else f"<p>{escape(words.no_headings)}</p>"
    return _folded(words.outline, inner, is_open=True)


def _branch(node: Node) -> str:
    rows = "".join(f"<li>{_place(n.start, n.end, _line(n.label))}{_branch(n)}</li>" for n in node.children)
    return f"<ul>{rows}</ul>" if rows else ""


def _tables(document: Document, words: CorpusWords) -> str:
    inner = "".join(_table(document, table, n, words) for n, table in enumerate(document.tables, 1))
    return _folded(words.tables.format(len(document.tables)), inner or f"<p>{escape(words.no_tables)}</p>")


def _table(document: Document, table: Table, number: int, words: CorpusWords) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row.cells)}"
        f"<td>{_place(row.start, row.end, words.open)}</td></tr>"
        for row in table.rows[:_ROWS]
    )
    left = len(table.rows) - _ROWS
    more = f'<p class="yj-more">{escape(words.more_rows.format(left, document.id))}</p>' if left > 0 else ""
    title = f"{words.table.format(number)}  {table.title}"
    return (
        f'<div class="yj-scroll" tabindex="0"><table class="yj-table"><caption>{escape(title)}</caption>'
        f"<thead><tr>{head}<td></td></tr></thead><tbody>{rows}</tbody></table></div>{more}"
    )


def _left_out(document: Document, words: CorpusWords) -> str:
    blocks = [block for block in document.blocks if not block.kind.searchable]
    rows = "".join(_left(document, block, words) for block in blocks[:_MOST_LEFT_OUT])
    inner = f'<ul class="yj-left">{rows}</ul>' if rows else f"<p>{escape(words.nothing_left_out)}</p>"
    return _folded(words.left_out.format(len(blocks)), inner)


def _left(document: Document, block: Block, words: CorpusWords) -> str:
    kind = words.kinds_of.get(block.kind, str(block.kind))
    place = _place(block.start, block.end, _line(document.quote(block.start, block.end)))
    return f"<li><small>{escape(kind)}</small> {place}</li>"


def _passages(passages: Sequence[Passage], first: int, words: CorpusWords) -> str:
    rows = "".join(
        f"<tr><td>{p.number + 1}</td><td>{escape(' › '.join(p.headings))}</td><td>{p.page or ''}</td>"
        f"<td>{count_tokens(p.text)}</td><td>{_place(p.start, p.end, _line(p.text))}</td></tr>"
        for p in passages[first : first + PAGE]
    )
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in words.passage_head)
    inner = (
        f'<div class="yj-scroll" tabindex="0"><table class="yj-table yj-passages"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{_pager('passages', first, len(passages), words)}"
    )
    return _folded(words.passages.format(len(passages)), inner, is_open=first > 0)


def _removal(opened: Opened, words: CorpusWords) -> str:
    if not opened.is_current:
        return ""
    sure = words.remove_sure.format(opened.document.metadata.title.strip("《》"))
    return (
        f'<details class="yj-removal"><summary>{escape(words.remove)}</summary><p>{escape(sure)}</p>'
        f'<button type="button" class="yj-danger" data-act="remove">{escape(words.remove_yes)}</button> '
        f'<button type="button" data-close="1">{escape(words.remove_no)}</button></details>'
    )


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SNIPPET else line[:_SNIPPET] + "…"

"""Tables that can be asked about: what each is called in a question, and by which columns its rows are told apart.
It makes no questions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.document import Document, Row, Table
from eval.making.listing import FEWEST
from eval.making.proposals import LONGEST_QUOTE, Corpus, Lang, Span, bare, language
from eval.questions import normal

NOTHING = re.compile(
    r"\W*|无|没有|暂无|待定|未定|文中未载|不适用|同上|详见.*|见.*|"
    r"none|none stated|n/?a|nil|tbd|see .*|same|yes|no|是|否",
    re.I,
)
_SERIAL = re.compile(r"序号|编号|No\.?|#|№|Nr\.?|Item|ID", re.I)
FIGURE = re.compile(r"[^\d]{0,12}\d[\d,.]*%?(?:\s?\S{0,6}|\s+or\s+(?:more|less|fewer))")
_GENERIC_LABEL = re.compile(r"附[件录表]\s*\w?|附表|表格?|目录|Annex(?: \w)?|Appendix(?: \w)?|Table|Notes?", re.I)
_LONGEST_NAME = {"zh": 40, "en": 90}


@dataclass(frozen=True, slots=True)
class Named:
    """A table that can be asked about: what it is called in a question, its key (the columns that together
    name a row), and its rows by their names."""

    document: Document
    table: Table
    label: str
    key: tuple[int, ...]
    rows: tuple[tuple[tuple[str, ...], Row], ...]

    @property
    def lang(self) -> Lang:
        return language(self.document)

    def column(self, index: int) -> str:
        return " ".join(self.table.columns[index].split()) if index < len(self.table.columns) else ""

    def span(self, row: Row, *columns: int) -> tuple[Span, ...]:
        """The cells' words in the text: in one span where that is short; none where one can't be found."""
        found: list[tuple[int, int]] = []
        for column in columns:
            cell = r"\s+".join(map(re.escape, row.cells[column].split()))
            pattern = re.compile(rf"(?<![^\s|`*]){cell}(?![^\s|`*])")
            if match := pattern.search(self.document.text, row.start, row.end):
                found.append(match.span())
            elif column not in self.key:
                return ()
        if not found:
            return ()
        first, last = min(found)[0], max(end for _, end in found)
        if last - first <= LONGEST_QUOTE:
            return (Span(self.document, first, last),)
        return tuple(Span(self.document, *span) for span in found if span[1] - span[0] <= LONGEST_QUOTE)


def named_tables(corpus: Corpus) -> Iterator[Named]:
    """The tables with a label of their own and rows that can be told apart."""
    labels = [(document, table, _label(document, table)) for document in corpus.documents for table in document.tables]
    counts = Counter(normal(label) for _, _, label in labels if label)
    for document, table, label in labels:
        title = corpus.title(document)
        if not label:
            if title is None or len(document.tables) > 1:
                continue
            called = title
        elif counts[normal(label)] == 1 and normal(label) != normal(document.metadata.title):
            called = f"“{label}”"
        elif title is not None and sum(_label(document, t) == label for t in document.tables) == 1:
            called = f"{title}的“{label}”" if language(document) == "zh" else f"“{label}” of {title}"
        else:
            continue
        key = _key(table)
        if key:
            rows = tuple((tuple(row.cells[i] for i in key), row) for row in table.rows if whole(row, table))
            once = Counter(tuple(map(normal, name)) for name, _ in rows)
            kept = tuple(
                (name, row)
                for name, row in rows
                if once[tuple(map(normal, name))] == 1 and is_name(name[-1], language(document))
            )
            yield Named(document, table, called, key, kept)


def _label(document: Document, table: Table) -> str:
    """What a table is called: its title, or the heading that it stands alone under."""
    label = bare(table.title)
    if not label and table.rows:
        block = next((b for b in document.blocks if b.start <= table.rows[0].start < b.end), None)
        label = bare(block.headings[-1]) if block and block.headings else ""
    return "" if _GENERIC_LABEL.fullmatch(label) else label


def _key(table: Table) -> tuple[int, ...]:
    """The columns that name a row: the first that does not number the rows, and where it says the same of
    several rows the next that tells them apart."""
    columns = [i for i in range(len(table.columns)) if not is_serial(table, i)]
    if len(table.rows) < FEWEST or not columns:
        return ()
    first = columns[0]
    if _tells_apart(table, (first,)):
        return (first,)
    named = (i for i in columns[1:] if texts(table, i) and _distinct(table, i) > _distinct(table, first))
    return next(((first, i) for i in named if _tells_apart(table, (first, i))), ())


def _distinct(table: Table, column: int) -> int:
    return len({normal(row.cells[column]) for row in table.rows if whole(row, table)})


def is_serial(table: Table, column: int) -> bool:
    cells = [row.cells[column].strip() for row in table.rows if column < len(row.cells)]
    return bool(_SERIAL.fullmatch(table.columns[column].strip())) or all(re.fullmatch(r"\d{0,3}", c) for c in cells)


def texts(table: Table, column: int) -> bool:
    """Whether a column holds words and not figures."""
    cells = [row.cells[column] for row in table.rows if column < len(row.cells)]
    return sum(bool(FIGURE.fullmatch(cell)) for cell in cells) <= len(cells) / 4


def _tells_apart(table: Table, columns: tuple[int, ...]) -> bool:
    names = [tuple(normal(row.cells[i]) for i in columns) for row in table.rows if whole(row, table)]
    return len(set(names)) > 0.8 * len(names) and sum(bool(name[-1]) for name in names) > 0.5 * len(names)


def whole(row: Row, table: Table) -> bool:
    return len(row.cells) == len(table.columns)


def is_name(text: str, lang: str) -> bool:
    return bool(re.search(r"[^\W\d]", text)) and len(text) <= _LONGEST_NAME[lang] and not NOTHING.fullmatch(text)

"""Unanswerable questions from tables: cells that are not there, nor anywhere else in the corpus."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.document import Row
from eval.making.listing import alike
from eval.making.named_tables import Named, is_serial
from eval.making.proposals import Corpus, Lang, Proposal, language
from eval.making.table_wording import THING, be, lower, row_name, what
from eval.questions import normal
from indexing.tokeniser import question_terms

# What may be swapped for another of its kind without changing what the row is about.
_ENTITY = re.compile(
    r"文件|文档|单位|机构|部门|地区|省份?|城市|国家|公司|企业|年份?|年度|"
    r"(?:Document|Organi[sz]ation|Body|Region|Country|City|State|Company|Department|Agency|Year)s?",
    re.I,
)
_SWAPS = 4


def missing_cells(table: Named, corpus: Corpus) -> Iterator[Proposal]:
    """What is not in the table, nor anywhere else: a row's entity swapped for another of the table that has no
    like row, or for another document that does not name the row."""
    columns = [
        i
        for i in range(len(table.table.columns))
        if i not in table.key
        and table.column(i)
        and not is_serial(table.table, i)
        and not THING.search(table.column(i))
    ]
    if not columns:
        return
    header = table.column(columns[-1])
    entities = len(table.key) == 2 and _ENTITY.fullmatch(table.column(table.key[0]))
    swapped = _other_rows(table, corpus) if entities else _other_documents(table, corpus)
    for where, name, row in swapped:
        asked = _ask(table.lang, where, name, header, row.cells[columns[-1]])
        yield Proposal("unanswerable", table.lang, asked, (), (), (table.document.id, row.start))


def _other_rows(table: Named, corpus: Corpus) -> Iterator[tuple[str, str, Row]]:
    """The table, a row's name with another row's entity, and the row."""
    firsts = list(dict.fromkeys(name[0] for name, _ in table.rows))
    for name, row in table.rows:
        for other in firsts:
            kin = [n[1] for n, _ in table.rows if n[0] == other]
            if other == name[0] or any(alike(name[1], k) > 0.3 for k in kin) or corpus.says(other, name[1]):
                continue
            yield table.label, row_name(table, (other, name[1])), row


def _other_documents(table: Named, corpus: Corpus) -> Iterator[tuple[str, str, Row]]:
    """Another document, the name of a row that it does not have, and the row."""
    others = [
        d for d in corpus.documents if d.id != table.document.id and language(d) == table.lang and corpus.title(d)
    ]
    for other in others:
        text, spoken, swaps = normal(other.text), corpus.spoken(other), 0
        for name, row in table.rows:
            values = [normal(row.cells[i]) for i in range(len(row.cells)) if i not in table.key]
            if any(value in text for value in values if len(value) > 2):
                continue  # it may say so in other words
            said = normal(re.sub(r"^[A-Z]{1,2}\s", "", name[-1]))
            if (
                len(said) < 6
                or said in text
                or re.search(r"_|\"|^-|^[\w./-]+$", name[-1], re.A)
                or swaps == _SWAPS
                or not _plausible(name[-1], spoken)
            ):
                continue
            swaps += 1
            yield corpus.title(other) or "", row_name(table, name[-1:]), row


def _plausible(name: str, spoken: tuple[frozenset[str], ...]) -> bool:
    """Whether a document speaks of such things, and nowhere of this one: it has most of a name's words, and no
    sentence has."""
    words = {term for term in question_terms(name) if len(term) > 1}
    there = words & frozenset().union(*spoken)
    most = 0.6 * len(words)
    return len(there) > max(2, most) and all(len(words & sentence) <= most for sentence in spoken)


def _ask(lang: Lang, where: str, row: str, header: str, value: str) -> str:
    if lang == "zh":
        return f"{where}中，{row}的{header}{what(value)}？"
    return f"In {where}, what {be(header)} the {lower(header)} for {row}?"

"""What a question asks of the coded items of a table or a list (`assistant.answering.table_codes`): which there are of
a family, how many, and what a code stands for.

What it says besides the family has to be said by the table's title, its columns, or what the text says of the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.answering import coverage
from assistant.answering.table_codes import LEAST, Coded, code, code_of, coded, letters_of, names_of, runs
from assistant.answering.table_groups import Group, column_names
from assistant.answering.table_words import Words, words_of
from corpus.document import Document, Kind, Row, Table
from indexing.embed_static import builtin
from indexing.lexical import LexicalQuestion
from indexing.tokeniser import fold, terms, without_asking_words

_CHINESE = re.compile("[一-鿿]")
_LABEL = re.compile(r"(?:表|附表|table)\s*[A-Z]?\d+(?:[-.–]\d+)*", re.I)
# Who asks for a family and for the ordinary ones beside it asks for all families.
_ORDINARY = re.compile(r"普通|一般|常规|\b(?:ordinary|regular|normal|plain|usual)\b", re.I)
_COUNTS = re.compile(r"多少|几|\bhow many\b", re.I)
# Who asks so counts the families as one.
_AS_ONE = re.compile(
    r"加起来|加在一起|[总一]共|[合总]计|一起|[连算]上?|包[括含]|全部"
    r"|\b(?:in (?:all|total)|altogether|together|combined|includ\w+|as well|total)\b",
    re.I,
)
# Words of a question that nothing need say.
_LIGHT = re.compile(
    r"下[设面辖属]|里面?|[表其当]中|[列收]出?了?|有关|相关|内部|组织|机构|报告|一共|总[共计]|[合共]计|共有?|加起来|一起|[连跟和与及同]|各自?|分别|名称|名字"
    r"|[叫有设谁]|更?[多少]|都|[的是在把了呢吗按并个组表两]|\b(?:next|beside|besides|list|lists|listed|name|names|table|there|with\w*|under|"
    r"as|well|include\w*|including|total|together|ones?|both|all|more|most|fewer|report|related|relevant|how|many)\b",
    re.I,
)
# By these words the meaning of a code is asked.
_MEANING = re.compile(
    r"(?:研究|负责|主?管|做|干|搞|指|叫|是)的?(?:什么|啥)(?:方面|领域|工作|意思)?|(?:研究|负责)(?:哪[个些]?|何)(?:方面|领域)?"
    r"|\bwhat (?:is|are|does|do)\b|\bstands? for\b|\bcovers?\b|\bdeals? with\b|\bmeans?\b|\bworks? on\b|\babout\b",
    re.I,
)
_EITHER = re.compile("|".join(pattern.pattern for pattern in (_LIGHT, _ORDINARY, _MEANING)), re.I)
# How near in meaning two English words are to a name that they say.
_NEAR = 0.5
# How many Chinese characters, and what share of an English question, may be said by nothing.
_UNSAID, _ENOUGH = 1, 0.85
# A shorter Chinese name, 标准, may be that of much else: it tells a family of a column that is named.
_TELLING = 3
# An abbreviation leaves out at most so many characters between two of its own: 国际电联.
_SKIPPED = 2


def families(
    question: str, rest: str, document: Document, lexical: LexicalQuestion
) -> Iterator[tuple[Table, tuple[Group, ...]]]:
    """The tables of a document whose coded items a question asks for, each with the groups to be told: one for each
    family, or for each column where several columns are named."""
    words = words_of(rest)
    for table in (*document.tables, *runs(document)):
        if items := coded(table):
            groups = _asked(_Asking(question, rest, words, document, table, items, lexical))
            if groups:
                yield table, groups


def meant(
    question: str, rest: str, document: Document, lexical: LexicalQuestion
) -> tuple[Table, tuple[Row, ...]] | None:
    """The rows of the codes that a question asks the meaning of, of the columns that it names: where it names none, the
    text may say more of them than their table."""
    if _MEANING.search(rest) is None:
        return None
    words = words_of(rest)
    for table in document.tables:
        every = coded(table)
        columns = _columns(words, table, every)
        items = [item for item in every if item.column in columns and code(item).search(words.text)]
        if not items:
            continue
        left = replace(words, text=_MEANING.sub("|", words.text))
        for item in items:
            left = replace(left, text=code(item).sub("|", left.text))
        for name in sorted(names_of(table, every), key=len, reverse=True):
            left = _taken(left, name) or left
        if _is_all_said(_Asking(question, rest, words, document, table, every, lexical), items, left, codes=True):
            return table, tuple(dict.fromkeys(item.row for item in items))
    return None


@dataclass(frozen=True, slots=True)
class _Asking:
    question: str
    rest: str
    words: Words
    document: Document
    table: Table
    items: tuple[Coded, ...]
    lexical: LexicalQuestion


def _asked(asking: _Asking) -> tuple[Group, ...]:
    left, families_said, called, surely = asking.words, set[str](), list[str](), False
    names = names_of(asking.table, asking.items)
    # The longest name first, so that 联合工作组 is not said as 工作组 as well.
    for name in sorted(names, key=len, reverse=True):
        # The letters of a code are written as such: IT is a family, and it is none.
        if {name.upper()} == names[name] and (len(name) < LEAST or name.upper() not in asking.rest):
            continue
        if (without := _taken(left, name)) is not None:
            families_said |= names[name]
            called.append(name)
            surely = surely or name.isascii() or len(name) >= _TELLING
            left = without
    if not families_said or (_COUNTS.search(asking.question) and _is_told(called, asking.document)):
        return ()
    if _ORDINARY.search(asking.question):
        families_said = {item.family for item in asking.items}
    of_families = [item for item in asking.items if item.family in families_said]
    columns = _columns(asking.words, asking.table, of_families)
    items = [item for item in of_families if not columns or item.column in columns]
    if len(items) < LEAST or not (surely or columns) or not _is_all_said(asking, items, left):
        return ()
    return _grouped(asking.table, items, as_one=bool(_AS_ONE.search(asking.question)))


def _is_told(called: Sequence[str], document: Document) -> bool:
    """Whether the text itself says how many there are of all these: 10个研究组."""
    return all(
        not name.isascii() and re.search(rf"(?:\d|[一二三四五六七八九十])\s*[个类]?{re.escape(name)}", document.text)
        for name in called
    )


def _columns(words: Words, table: Table, items: Iterable[Coded]) -> set[int]:
    """The columns of items that a question names."""
    return {i for i in {item.column for item in items} if any(map(words.says, column_names(table, i)))}


def _grouped(table: Table, items: Sequence[Coded], *, as_one: bool) -> tuple[Group, ...]:
    """The items by column, or those of one column by family where they are not asked for as one."""
    columns = list(dict.fromkeys(item.column for item in items))
    groups: list[Group] = []
    for column in columns:
        own = [item for item in items if item.column == column]
        several = list(dict.fromkeys(item.family for item in own))
        head = " ".join(table.columns[column].split())
        for family in several if len(columns) == 1 and not (as_one and len(several) > 1) else [""]:
            said = [item for item in own if family in ("", item.family)]
            label = () if _in(family, head) else (family,)
            groups.append(
                Group(
                    tuple(filter(None, (head, *label))),
                    tuple(dict.fromkeys(item.row for item in said)),
                    tuple(item.text for item in said),
                    *label,
                )
            )
    return tuple(groups)


def _in(family: str, head: str) -> bool:
    return not family or bool(re.search(rf"(?<![A-Za-z]){family}(?![A-Za-z])", head))


def _taken(words: Words, name: str) -> Words | None:
    """A question without a name of a family; None where it does not say it."""
    if words.chinese:
        said = _letters(name) if name.isascii() else re.compile(re.escape(name))
        text = said.sub("|", words.text)
        return replace(words, text=text) if text != words.text else None
    if places := [i for i, word in enumerate(words.words) if name.isascii() and word in (name, f"{name}s")]:
        places = [i for i in places if not _is_number(words.words, i + 1)]
        return _emptied(words, places) if places else None
    if words.says(name):
        return words.without(name)
    pair = next((i for i in range(len(words.words) - 1) if _near(" ".join(words.words[i : i + 2]), name)), None)
    return None if pair is None else _emptied(words, (pair, pair + 1))


def _letters(name: str) -> re.Pattern[str]:
    """The letters of a family's codes where no code goes on."""
    return re.compile(rf"(?<![a-z\d-]){re.escape(name)}(?![a-z\d-])")


def _is_number(words: Sequence[str], place: int) -> bool:
    return place < len(words) and words[place].isdecimal()


def _emptied(words: Words, places: Sequence[int]) -> Words:
    left = tuple("" if i in places else word for i, word in enumerate(words.words))
    return replace(words, words=left, taken=(*words.taken, *(words.words[i] for i in places)))


@lru_cache(maxsize=4_096)
def _near(phrase: str, name: str) -> bool:
    """Whether two English words together are what a Chinese name is: working groups are 工作组."""
    if not _CHINESE.search(name) or phrase.startswith(" ") or phrase.endswith(" "):
        return False
    one, other = builtin().embed_passages([phrase, name])
    return float(one @ other) >= _NEAR


def _is_all_said(asking: _Asking, items: Sequence[Coded], left: Words, *, codes: bool = False) -> bool:
    """Whether a table says what a question says besides the families or `codes`, or the text says it of the table."""
    table = asking.table
    context = "\n".join((table.title, *table.columns, *letters_of(items), *_said_of(asking.document, table)))
    if not left.chinese:
        context += "\n".join(code_of(item) for item in items if codes)
        said = set(terms(context)) | {word for taken in left.taken for word in terms(taken)}
        enough = coverage.share(asking.rest, asking.lexical, said, _EITHER) >= _ENOUGH
        return enough and coverage.can_be(asking.rest, asking.lexical, said, chinese=False, listed=True)
    text = fold(context).replace(" ", "")
    pieces = re.findall(r"[一-鿿]+|[a-z\d]+", _LIGHT.sub("|", without_asking_words(left.text)))
    return sum(_unsaid(piece, text) for piece in pieces) <= _UNSAID


def _unsaid(piece: str, text: str) -> int:
    """How many characters of a piece of a question a text does not say."""
    if not _CHINESE.search(piece):
        return 0 if re.search(rf"(?<![a-z\d]){piece}(?![a-z\d])", text) else len(piece) + _UNSAID
    if _ORDINARY.fullmatch(piece) or re.search(f".{{0,{_SKIPPED}}}".join(piece), text):
        return 0
    return len(piece)


def _said_of(document: Document, table: Table) -> Iterator[str]:
    """What the text says of a table: the paragraphs that refer to it, else the one before it; and its heading."""
    first = table.rows[0].start
    paragraphs = [block for block in document.blocks if block.kind is Kind.PARAGRAPH]
    label = _LABEL.match(table.title)
    said = [document.quote(block.start, block.end) for block in paragraphs]
    referring = [text for text in said if label and re.search(rf"{re.escape(label[0])}(?!\d)", text[len(label[0]) :])]
    if referring:
        yield from referring
    else:
        before = (block for block in reversed(paragraphs) if block.end <= first)
        yield from (document.quote(block.start, block.end) for block in [next(before, None)] if block is not None)
    heading = next((block for block in document.blocks if block.start == first), None)
    yield from heading.headings[-1:] if heading is not None else ()

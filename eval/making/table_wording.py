"""How a table is asked, in Chinese and in English."""

from __future__ import annotations

import re

from eval.making.named_tables import FIGURE, Named

DATED = re.compile(r"(?:19|20)\d\d\b|\d\s*[年月日号]")
# Column names that do not name a property of the row: documents, years, questions.
THING = re.compile(r"[（(《\d]|^(?:What|How|Who|By|When|Where|Why)\b| to$| in | of the |怎么|如何|是否|能否|哪")


def row_name(table: Named, name: tuple[str, ...]) -> str:
    parts = [" ".join(part.split()) for part in name]
    if table.lang == "zh":
        return "中".join(f"“{part}”" for part in parts)
    return " under ".join(f"“{part}”" for part in reversed(parts))


def ask_cell(table: Named, name: tuple[str, ...], header: str, value: str) -> str:
    row = row_name(table, name)
    if table.lang == "zh":
        if re.fullmatch(r"(?:19|20)\d\d\s*年?", header):
            return f"{table.label}中，{row}在{header.removesuffix('年')}年是多少？"
        if THING.search(header):
            return f"{table.label}中，{row}在“{header}”一列中对应什么？"
        return f"{table.label}中，{row}的{header}{what(value)}？"
    if THING.search(header) or len(header.split()) > 3:
        return f"In {table.label}, what does the column “{header}” say for {row}?"
    return f"In {table.label}, what {be(header)} the {lower(header)} for {row}?"


def ask_list(table: Named, name: tuple[str, ...], header: str) -> str:
    row = row_name(table, name)
    if table.lang == "zh":
        of = f"在“{header}”一列中" if THING.search(header) else f"的{header}"
        return f"{table.label}中，{row}{of}有哪些？"
    if THING.search(header) or len(header.split()) > 3 or be(header) == "is":
        return f"In {table.label}, what does the column “{header}” list for {row}?"
    return f"In {table.label}, what are the {lower(header)} for {row}?"


def ask_both(table: Named, one: tuple[str, ...], two: tuple[str, ...], header: str, value: str) -> str:
    first, second = row_name(table, one), f"“{' '.join(two[-1].split())}”"
    if table.lang == "zh":
        return f"{table.label}中，{first}与{second}的{header}分别{what(value)}？"
    return f"In {table.label}, what {be(header)} the {lower(header)} for {first}, and what for {second}?"


def what(value: str) -> str:
    return "是多少" if FIGURE.fullmatch(value) and not DATED.search(value) else "是什么"


def be(header: str) -> str:
    return "are" if re.search(r"[^su]s$", header) else "is"


def lower(header: str) -> str:
    """A column's name inside a sentence; abbreviations keep their capitals."""
    proper = re.match(r"(?:Chinese|English|French|German|Spanish|Japanese|European|American)\b", header)
    return header[0].lower() + header[1:] if header[1:2].islower() and not proper else header

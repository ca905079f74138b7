"""What the documents spell an acronym out as: MIIT/TC1, and TC1, is what stands before （MIIT/TC1） somewhere.

The simplest of the patterns of Schwartz & Hearst 2003, "A Simple Algorithm for Identifying Abbreviation Definitions in
Biomedical Text": the long form, and the short one in brackets after it. Where the long form begins is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_ACRONYM = re.compile(
    r"(?<![A-Za-z\d])(?:[A-Z]{2,6}/)*(?:[A-Z]{2,5} ?\d{1,3}|[A-Z]{3,8}|[A-Z]{1,2}[a-z]{1,3}[A-Z])(?![A-Za-z\d.])"
)
# What the letters of may be any words; spelling it out says nothing.
_COMMON = frozenset(("PDF", "URL", "API", "FAQ", "USA", "AND", "THE"))
_MOST = 3
_SHORTEST, _LONGEST = 4, 30
_JOINS = re.compile("[及和与或]")


def acronyms(question: str) -> tuple[str, ...]:
    """The acronyms of a question, at most three, in their order."""
    found = (match[0] for match in _ACRONYM.finditer(question))
    return tuple(dict.fromkeys(one for one in found if one not in _COMMON))[:_MOST]


def spelled_out(acronym: str, texts: Iterable[str]) -> str | None:
    """What stands before an acronym in brackets in one of some texts, the first that has it."""
    letters = re.sub(r"(?<=[A-Z]) ?(?=\d)", " ?", re.escape(acronym).replace(r"\ ", ""))
    defined = re.compile(rf"([一-鿿]{{{_SHORTEST},{_LONGEST}}})\s*[（(]\s*(?:[A-Za-z]{{2,6}}/)*{letters}\s*[）)]")
    return next((match[1] for text in texts if (match := defined.search(text))), None)


def last_name(spelled: str) -> str:
    """The last of several names that may be joined in what an acronym is spelled out as: 模型即服务 of
    智能设计及模型即服务."""
    last = _JOINS.split(spelled)[-1]
    return last if len(last) >= _SHORTEST else spelled

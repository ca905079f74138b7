"""What the figures of one sentence come to, where a question asks for those of several things together: 甲（3个）、乙
（5个）. Each figure has to be told of a thing that the question names, all of these in one unit, and exactly.
"""

from __future__ import annotations

import re

from corpus.places import names_place, places_in

_TOGETHER = re.compile(
    r"加起来|加在一起|相加|合计|总和|之和|共计|\b(?:add(?:ed|ing)? up|sum (?:of|up)|in total|altogether|combined)\b",
    re.I,
)
_CLAUSE = re.compile(r"[。！？?!:：；;]|\.(?=\s|$)")
_JOINS = re.compile(r"、|(?<=[一-鿿])[和与及跟](?=[一-鿿])|,? and |, ")
# A thing and its figure: 甲市（12个）, 甲市12个.
_FIGURE = re.compile(
    r"(?P<name>[一-鿿]{2,16}|[A-Z][\w-]*(?: [A-Z][\w-]*)*)\s*(?:[（(]\s*)?(?P<number>\d[\d,]*)(?!\.\d)\s*"
    r"(?P<unit>[项个家件条部份种类名人座所]|[a-z]+)?\s*(?P<rough>以上|余|多|左右|or more)?"
)
_LEAST = 2


def sum_of(question: str, text: str, language: str) -> str:
    """The sum as it is told beside a sentence, with its figures; "" where none is asked for, or the sentence has not
    the figure of each thing."""
    clause = next((part for part in _CLAUSE.split(question) if _TOGETHER.search(part)), "")
    things = len(_JOINS.findall(clause)) + 1
    if not clause or things < _LEAST:
        return ""
    told = [match for match in _FIGURE.finditer(text) if _is_named(match["name"], clause)]
    units = {match["unit"] or "" for match in told}
    if len(told) != things or len(units) != 1 or any(match["rough"] for match in told):
        return ""
    numbers = [int(match["number"].replace(",", "")) for match in told]
    said = f"{' + '.join(map(str, numbers))} = {sum(numbers):,}"
    return f"（{said} {units.pop()}".rstrip() + "）" if language == "zh" else f"({said})"


def _is_named(name: str, clause: str) -> bool:
    """Whether a clause names what a sentence calls so, in either language and perhaps shorter (非洲 for 非洲大陆)."""
    if any(name[at : at + size] in clause for size in range(len(name), 1, -1) for at in _ends(name, size)):
        return True
    folded = clause.lower()
    return any(names_place(folded, place) for place in places_in(name)) or (
        "中国" in name and re.search(r"\bchina\b", folded) is not None
    )


def _ends(name: str, size: int) -> tuple[int, ...]:
    """Where a shorter form of a name may begin: a name begins or ends with what it is called."""
    return (0, len(name) - size)

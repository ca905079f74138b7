"""Lines that name organisations and do nothing else."""

from __future__ import annotations

import re

from corpus import structure

_ORGANISATION = re.compile(
    r"[一-鿿A-Z（）()、·]{1,40}(?:部|委员会|委|局|厅|办公室|办公厅|院|署|会|政府|中心|联盟|公司|集团|大学|银行|联合会"
    r"|促进会|研究所|组织|机构|党组|领导小组|指挥部|管委会)$"
)
_NO_ORGANISATION = re.compile(
    r"[附第本各]|全体|有关|.*(?:社会|机会|全部|内部|外部|局部|[晚年]会|(?:推进|座谈|研讨|现场|动员|发布|听证|交流|报告|总结|培训)会)$"
    r"|.*(?:召开|举办|举行)"
)
# What may stand around the name of who issues a document.
_BY = re.compile(r"^(?:Published|Issued|Prepared) by(?: the)?\s+(?=[A-Z])|\s+发\s?布$")
_ENGLISH_ORGANISATION = re.compile(
    r"(?=.*\b(?:Ministry|Department|Committee|Agency|Office|Authority|Commission|Council|Institute|Organi[sz]ation"
    r"|Association|Bureau|Administration|Secretariat|Board)\b)[A-Z][A-Za-z&,'’()\- ]{3,90}$"
)


def organisations(line: str) -> tuple[str, ...]:
    """The organisations that a line names, where it does nothing else."""
    line = structure.squeeze(_BY.sub("", line.strip()))
    if len(line) > 120:
        return ()
    if _ENGLISH_ORGANISATION.match(line):
        return (line,)
    parts = re.split(r"[\s\u3000]+", line)
    if not all(_ORGANISATION.match(part) and not _NO_ORGANISATION.match(part) for part in parts):
        return ()
    return tuple(parts)

"""Words that tell what the large lines at the top of a document are, where size and place don't."""

from __future__ import annotations

import re

# What stands large above a document's title and is none: a letterhead, the sign of a series of standards.
_LETTERHEAD = re.compile(
    r".{2,40}文\s*件$|[A-Z]{2}(?:/[A-Z])?$|中华人民共和国.{2,12}标准$|.{2,12}(?:行业|地方|团体|企业)标准$"
)
# What the last line of a title may be, which by itself names no document.
_KIND_OF_DOCUMENT = re.compile(r"[^，。；：！？《》（(]{2,16}的?(?:通知|公告|意见|决定|函|批复|通报|报告|说明)$")


def letterhead(text: str) -> bool:
    return bool(_LETTERHEAD.match(text))


def kind_of_document(text: str) -> bool:
    """Whether a line may end a title that the line above it begins: "编制工作的通知"."""
    return bool(_KIND_OF_DOCUMENT.match(text))

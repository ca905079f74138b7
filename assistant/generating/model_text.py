"""What a language model wrote, as plain text: no HTML, no Markdown, no link, nothing that can't be seen.

It is shown beside the documents' words, in pages, terminals and files, so it must be text and nothing else: an
image in it would be fetched and tell another server what was asked (Greshake et al. 2023, arXiv:2302.12173).
"""

from __future__ import annotations

import re

from assistant.generating.prompting import visible

# [text](address) and ![text](address): the text stays. A mark's own brackets are gone by then.
_INSIDE = r"(?:[^()（）\n]|[(（][^()（）\n]*[)）])*"
_LINK = re.compile(rf"!?\[([^\[\]\n]*)\]\s*[(（]{_INSIDE}[)）]")
# The address of a link whose text was a mark, such as [1](https://…).
_TARGET = re.compile(rf"[(（]\s*(?:[a-z][a-z0-9+.-]*:|//|www\.){_INSIDE}[)）]", re.I)
_REFERENCE = re.compile(r"!?\[([^\[\]\n]*)\]\s?\[[^\[\]\n]*\]|!(?=\[)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_BULLET = re.compile(r"^\s*(?:(?:[-*•·>|]\s+|#+\s+)+|\d{1,2}(?:[)）、](?!\d)|\.\s+))\s*")
_DECORATION = re.compile(r"\*{2,3}|__|~~|`+")
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.)[^\s，。；、）)〉》”\"'›]+", re.I)


def plain(text: str) -> str:
    """The text on one line, without markup. Halves of a character that came apart are joined, or left out."""
    text = visible(text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore"))
    for pattern in (_LINK, _REFERENCE):
        text = pattern.sub(lambda match: match[1] or "", text)
    text = _DECORATION.sub("", _TARGET.sub("", text))
    return " ".join(_TAG.sub("‹", _BULLET.sub("", text)).split())


def addresses(text: str) -> list[str]:
    """The web addresses in a text."""
    return [match[0].rstrip(".,;:!?") for match in _ADDRESS.finditer(text)]

"""Lines as one text: blanks between words, and hyphens at line ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.readers.pdf_lines import TextLine
from corpus.readers.pdf_page import LINE_HYPHEN


def vocabulary(lines: Sequence[TextLine]) -> frozenset[str]:
    """The words of the text, hyphenated ones as they are, where line ends have hyphens to judge."""
    if not any(line.text.endswith((LINE_HYPHEN, "-")) for line in lines):
        return frozenset()
    return frozenset(word.lower() for line in lines for word in re.findall(r"[A-Za-z]+(?:-[A-Za-z]+)*", line.text))


def join(lines: Sequence[TextLine], words: frozenset[str]) -> str:
    text = ""
    for line in lines:
        text = glue(text, line.text, words) if text else line.text
    return text


def glue(before: str, after: str, words: frozenset[str]) -> str:
    """Two lines as one. A hyphen between them is taken out only where the text has the word without it."""
    if before.endswith((LINE_HYPHEN, "-")):
        stem = before[:-1]
        first, second = re.search(r"[A-Za-z]+$", stem), re.match(r"[A-Za-z]+", after)
        if first and second:
            whole, parted = f"{first[0]}{second[0]}".lower(), f"{first[0]}-{second[0]}".lower()
            return stem + ("" if whole in words and parted not in words else "-") + after
        return f"{stem}-{'' if before.endswith(LINE_HYPHEN) else ' '}{after}"
    return before + (" " if before[-1].isascii() and after[0].isascii() else "") + after


def cell_text(lines: Sequence[TextLine], right: float) -> str:
    """The text of a cell that ends at `right`. A short line ends what it says, a blank stands for that."""
    text = ""
    for i, line in enumerate(lines):
        ended = i > 0 and lines[i - 1].right < right - 2.2 * line.size
        wide = bool(text) and not (text[-1].isascii() and line.text[0].isascii())
        text = f"{text} {line.text}" if ended and wide else glue(text, line.text, frozenset()) if text else line.text
    return text.replace(LINE_HYPHEN, "-")

"""Cuts what a language model writes into sentences with what each cites, as it comes, piece by piece.

A mark belongs to the sentence that it stands in or right behind; where it opens a line, to the sentence that
follows. What a model thinks aloud (`<think> … </think>`) and a list of references at the end are left out. The
sentences are the same however the text is cut into pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.marks import CLOSING, OPENING, Marks, take_out
from corpus.sentences import Span, sentences

# A sentence that is longer is cut.
LONGEST = 1200
# How much is looked at in one go, so that no reply, whatever it holds, takes long.
_AT_ONCE = 400
_BLANKS, _EMPTY_LINES = re.compile(r"[^\S\n]{2,}"), re.compile(r"(?:\n ?){3,}")
# What follows a sentence and may still become its citation, or the end of its quotation.
_MAY_BELONG = re.compile(rf"[{re.escape(OPENING)}][^{re.escape(CLOSING)}\n]{{0,40}}|[)）”’」』》\"']+")
_MAY_END = re.compile(r"[。！？!?.；;…\n]")
_OPEN, _CLOSED = "《（(〔【", "》）)〕】"
_THINK, _THOUGHT = "<think>", "</think>"
_REFERENCES = re.compile(
    r"[\s#*]*(?:references|sources|citations|参考资料|参考文献|参考来源|资料来源|引用来源)[\s*]*[:：]?[\s*]*", re.I
)


@dataclass(frozen=True, slots=True)
class Cut:
    """A sentence as a model wrote it, without its marks, and the numbers in them, in order."""

    text: str
    numbers: tuple[int, ...]


class SentenceStream:
    """Takes the pieces of a text and gives its sentences as soon as they are complete."""

    def __init__(self) -> None:
        self._pending = ""
        self._may_end = False
        self._thinks = False
        self._over = False
        # Whether what is pending goes on in a line whose last sentence has been given away.
        self._in_line = False

    def add(self, piece: str) -> Iterator[Cut]:
        """The sentences that this piece completes."""
        for start in range(0, len(piece), _AT_ONCE):
            self._take(piece[start : start + _AT_ONCE])
            if not self._thinks and (self._may_end or len(self._pending) > LONGEST):
                yield from self._cut(last=False)
                self._may_end = bool(_MAY_END.search(self._pending))

    def end(self) -> Iterator[Cut]:
        """The sentences that are left; what was being thought is not among them."""
        if not self._thinks:
            yield from self._cut(last=True)

    def breaks_off(self) -> bool:
        """Whether what has come so far stops in the middle of a sentence."""
        return self._thinks or self._pending.rstrip()[-1:].isalnum()

    def _take(self, piece: str) -> None:
        self._pending += piece
        if piece[:1].isspace() or len(piece) > 1:
            self._pending = _EMPTY_LINES.sub("\n\n", _BLANKS.sub(" ", self._pending))
        self._may_end = self._may_end or bool(_MAY_END.search(piece))
        if _THOUGHT in self._pending:  # its beginning may have been in the prompt
            self._pending = self._pending.rpartition(_THOUGHT)[2]
            self._thinks = False
        elif self._thinks or _THINK in self._pending:
            self._thinks = True
            self._pending = self._pending[-len(_THOUGHT) :]

    def _cut(self, *, last: bool) -> Iterator[Cut]:
        clean, marks = take_out(self._pending)
        spans = _spans(clean, marks)
        if not spans:
            if len(self._pending) > LONGEST:  # nothing but marks
                self._pending = ""
            return
        done = len(spans) if last else _finished(clean, spans, marks)
        # A mark at the beginning belongs to a sentence of this line that is gone.
        gone = bool(self._in_line and marks and not clean[: marks[0].offset].strip(" \t　"))
        cited = _assigned(clean, spans, marks[gone:])
        found = [
            Cut(clean[start:end], tuple(dict.fromkeys(its))) for (start, end), its in zip(spans, cited, strict=True)
        ]
        if done:
            rest = self._after(clean, spans, marks, done)
            self._in_line = done == len(spans) and not rest.strip() and "\n" not in rest
            self._pending = rest
        for cut in found[:done]:
            self._over = self._over or bool(_REFERENCES.fullmatch(cut.text))
            if not self._over and any(character.isalpha() for character in cut.text):
                yield cut

    def _after(self, clean: str, spans: Sequence[Span], marks: Sequence[Marks], done: int) -> str:
        """What is pending behind the sentences that are done."""
        if done == len(spans):
            return self._pending[_in_marked(spans[-1][1], marks) :]
        start = spans[done][0]
        opening = [m for m in marks if m.opening and m.offset <= start and not clean[m.offset : start].strip()]
        return self._pending[opening[0].start if opening else _in_marked(start, marks) :]


def _spans(clean: str, marks: Sequence[Marks]) -> list[Span]:
    """The sentences; a clause before a semicolon that cites nothing goes with what follows it."""
    spans: list[Span] = []
    for start, end in sentences(clean):
        if spans and clean[spans[-1][1] - 1] in "；;" and "\n" not in clean[spans[-1][1] : start]:
            before = spans[-1]
            if not any(before[0] < mark.offset <= before[1] for mark in marks):
                spans[-1] = (before[0], end)
                continue
        spans.append((start, end))
    return spans


def _finished(clean: str, spans: Sequence[Span], marks: Sequence[Marks]) -> int:
    """How many sentences nothing can be added to any more."""
    begin, end = spans[-1]
    tail = clean[begin:end]
    if len(tail) > LONGEST:
        return len(spans)
    if _MAY_BELONG.fullmatch(tail):
        done = len(spans) - 2
    elif _is_complete(clean, begin, end, marks):
        done = len(spans)
    else:
        done = len(spans) - 1
    done = max(done, 0)
    open_ = next((i for i, (start, stop) in enumerate(spans[:done]) if _leaves_open(clean[start:stop])), done)
    return open_ if len(clean) < LONGEST else done


def _is_complete(clean: str, begin: int, end: int, marks: Sequence[Marks]) -> bool:
    """Whether a sentence has its marks before its full stop, so that none is waited for behind it."""
    if not any(begin < mark.offset < end and not mark.opening for mark in marks):
        return False
    return clean[end - 1] in "。！？" or (clean[end - 1] in ".!?" and clean[end : end + 1].isspace())


def _leaves_open(text: str) -> bool:
    """Whether a bracket in the text is still to be closed."""
    return any(text.count(opening) > text.count(closed) for opening, closed in zip(_OPEN, _CLOSED, strict=True))


def _assigned(clean: str, spans: Sequence[Span], marks: Sequence[Marks]) -> list[list[int]]:
    """The numbers that each sentence cites. A mark behind one that has its own before the full stop is nobody's."""
    cited: list[list[int]] = [[] for _ in spans]
    for mark in marks:
        begun = sum(start < mark.offset for start, _ in spans)
        place = min(begun, len(spans) - 1) if mark.opening else begun - 1
        if place < 0:
            continue
        begin, end = spans[place]
        if mark.opening or mark.offset < end or not _is_complete(clean, begin, end, marks):
            cited[place] += mark.numbers
    return cited


def _in_marked(offset: int, marks: Sequence[Marks]) -> int:
    """Where an offset of the text without marks lies in the text with them, behind the marks that are there."""
    before = [mark for mark in marks if mark.offset <= offset]
    return offset + (before[-1].end - before[-1].offset if before else 0)

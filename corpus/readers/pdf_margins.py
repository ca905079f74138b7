"""Where lines usually stand: the margins of each kind of page, and the distance from line to line."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from corpus.readers.pdf_edges import Leaf
from corpus.readers.pdf_lines import TextLine


class Margins:
    """Where lines begin and end, by the kind of page: its width, left or right hand, and the column."""

    def __init__(self, lines: Sequence[TextLine], pages: Mapping[int, Leaf]) -> None:
        self._pages = pages
        groups: dict[tuple[int, int, int], list[TextLine]] = defaultdict(list)
        for line in lines:
            groups[self._key(line)].append(line)
        self._left = {}
        self._right = {}
        for key, group in groups.items():
            lefts = Counter(round(line.left) for line in group)
            self._left[key] = min(left for left, n in lefts.items() if n >= 0.25 * max(lefts.values()))
            rights = sorted((line.right for line in group), reverse=True)
            self._right[key] = rights[min(len(rights) - 1, max(1, len(rights) // 30))]
            page = pages[group[0].page]
            reach = sum(right > rights[0] - 2 * group[0].size for right in rights)
            if page.width > page.height and key[2] == 0 and reach < 0.3 * len(rights):
                # On slides few lines are full: the longest is rather short of the margin.
                self._right[key] = max(self._right[key], page.width - self._left[key])

    def _key(self, line: TextLine) -> tuple[int, int, int]:
        return (round(self._pages[line.page].width / 10), line.page % 2, line.column)

    def right(self, line: TextLine) -> float:
        return self._right[self._key(line)]

    def indented(self, line: TextLine) -> bool:
        return 0.9 * line.size < line.left - self._left[self._key(line)] < 4.5 * line.size


def usual_pitch(lines: Sequence[TextLine]) -> dict[float, float]:
    """The usual distance from line to line for each size."""
    found: dict[float, Counter[float]] = defaultdict(Counter)
    for a, b in itertools.pairwise(lines):
        pitch = b.bottom - a.bottom
        if a.page == b.page and a.size == b.size and 0.8 * a.size < pitch < 3 * a.size:
            found[a.size][round(pitch * 2) / 2] += 1
    # The smallest of the frequent ones: in a text of short paragraphs the gaps may outnumber the lines.
    return {size: min(p for p, n in c.items() if n >= 0.4 * max(c.values())) for size, c in found.items()}

"""A tree as a treemap: rectangles within rectangles, in shares of the whole, and their HTML.

Squarified (Bruls, Huizing & van Wijk 2000, "Squarified Treemaps"), so that names have room. It is drawn as buttons,
which the keyboard reaches and a screen reader says, and which a narrow window shows as a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from ui.field_tree import Node
from ui.texts_more import MapWords

# The shape that rectangles are worked out for, in pixels; they are drawn in shares of it.
WIDTH, HEIGHT = 1000.0, 740.0
# The area that each box within another needs to be read, the height of a name, the space between boxes, and the side
# below which a box has no room for more than its name.
_READABLE, _HEADER, _GAP, _TINY = 4200.0, 30.0, 2.0, 44.0
_HUES, _DEPTH = 8, 4
# Areas grow slower than the text, so that short parts can be read, too.
_POWER = 0.4
Path = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels."""

    left: float
    top: float
    width: float
    height: float


def squarified(weights: Sequence[float], within: Rect) -> list[Rect]:
    """One rectangle for each weight, in their order, that together fill `within`; the nearer to squares the better.
    Weights are above 0."""
    order = sorted(range(len(weights)), key=lambda i: -weights[i])
    scale = within.width * within.height / sum(weights) if weights else 0
    placed: dict[int, Rect] = {}
    rest = within
    while order:
        side, row = min(rest.width, rest.height), 1
        areas = [weights[i] * scale for i in order]
        while row < len(order) and _worst(areas[: row + 1], side) <= _worst(areas[:row], side):
            row += 1
        rest = _lay(order[:row], areas[:row], rest, placed)
        order = order[row:]
    return [placed[i] for i in range(len(weights))]


def _worst(areas: Sequence[float], side: float) -> float:
    total = sum(areas)
    return max(side**2 * max(areas) / total**2, total**2 / (side**2 * min(areas)))


def _lay(row: Sequence[int], areas: Sequence[float], rest: Rect, placed: dict[int, Rect]) -> Rect:
    """Places a row along the shorter side; returns what is left."""
    total, along = sum(areas), 0.0
    if rest.width >= rest.height:
        across = total / rest.height
        for i, area in zip(row, areas, strict=True):
            placed[i] = Rect(rest.left, rest.top + along, across, area / across)
            along += area / across
        return Rect(rest.left + across, rest.top, max(rest.width - across, 1e-9), rest.height)
    across = total / rest.width
    for i, area in zip(row, areas, strict=True):
        placed[i] = Rect(rest.left + along, rest.top, area / across, across)
        along += area / across
    return Rect(rest.left, rest.top + across, rest.width, max(rest.height - across, 1e-9))


def weight(node: Node) -> float:
    """How much room a part gets: what its own parts get together, or by its length where it has none."""
    return sum(map(weight, node.children)) if node.children else node.size**_POWER


def treemap(root: Node, path: Path, words: MapWords, label: str) -> str:
    """The tree below `root`, which stands at `path` in the whole. A button says the span that it opens, and the path
    of the part that it shows alone."""
    whole = Rect(0, 0, WIDTH, HEIGHT)
    inner = "".join(_boxes(root.children, path, whole, whole, 1, None, words))
    return f'<div class="yj-treemap" role="group" aria-label="{escape(label)}">{inner}</div>'


def _boxes(
    nodes: Sequence[Node], path: Path, within: Rect, parent: Rect, depth: int, hue: int | None, words: MapWords
) -> Iterator[str]:
    rects = squarified([weight(node) for node in nodes], within)
    for n, (node, rect) in enumerate(zip(nodes, rects, strict=True)):
        own = n % _HUES if hue is None else hue
        yield _box(node, (*path, n), rect, parent, depth, own, words)


def _box(node: Node, path: Path, rect: Rect, parent: Rect, depth: int, hue: int, words: MapWords) -> str:
    inside = Rect(_GAP, _HEADER, max(rect.width - 2 * _GAP, 1), max(rect.height - _HEADER - _GAP, 1))
    nested = depth < _DEPTH and 0 < len(node.children) <= inside.width * inside.height / _READABLE
    inner = ""
    if nested:
        boxes = "".join(_boxes(node.children, path, inside, rect, depth + 1, hue, words))
        inner = f'<div class="yj-inner">{boxes}</div>'
    kind = "yj-branch" if nested else "yj-leafbox"
    small = " yj-tiny" if min(rect.width, rect.height) < _TINY else ""
    return (
        f'<div class="yj-node {kind}{small} yj-hue-{hue} yj-depth-{depth}" style="{_at(rect, parent)}">'
        f"{_name(node, path, words, nested=nested)}{inner}</div>"
    )


def _name(node: Node, path: Path, words: MapWords, *, nested: bool) -> str:
    count = words.parts.format(len(node.children)) if node.children else ""
    full = node.label + (f" — {count}" if count else "")
    more = f"<small>{escape(count)}</small>" if count and not nested else ""
    zoom = ""
    if node.children:
        only = escape(words.zoom.format(node.label))
        zoom = (
            f'<button type="button" class="yj-zoom" data-act="zoom" data-part-of="{_joined(path)}"'
            f' aria-label="{only}" title="{only}">⤢</button>'
        )
    return (
        f'<span class="yj-name"><button type="button" class="yj-open" data-act="show" data-start="{node.start}"'
        f' data-end="{node.end}" title="{escape(full)}"><span>{escape(node.label)}{more}</span></button>{zoom}</span>'
    )


def _at(rect: Rect, parent: Rect) -> str:
    def share(value: float, of: float) -> str:
        return f"{100 * value / of:.3f}%"

    return (
        f"left:{share(rect.left, parent.width)};top:{share(rect.top, parent.height)};"
        f"width:{share(rect.width, parent.width)};height:{share(rect.height, parent.height)}"
    )


def _joined(path: Path) -> str:
    return ".".join(map(str, path))


def node_at(root: Node, path: Path) -> tuple[Node, ...]:
    """The nodes from the root down a path, as far as it leads."""
    found = [root]
    for step in path:
        if not 0 <= step < len(found[-1].children):
            break
        found.append(found[-1].children[step])
    return tuple(found)


def path_of(said: str) -> Path:
    """A path as a button says it; what is none leads to the root."""
    steps = said.split(".") if said and len(said) < 60 else []
    return tuple(int(step) for step in steps) if all(s.isdecimal() and len(s) < 6 for s in steps) else ()

"""Reads presentations (PPTX): each slide's title as a heading, then what stands on it from top to bottom,
then the speaker's notes. The page of a text is its slide's number. Hidden slides are left out, and so
are slide numbers and dates; what a slide inherits from its layout is its place, not its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from corpus import structure
from corpus.document import Kind
from corpus.errors import UnreadableFile
from corpus.readers.assemble import assemble
from corpus.readers.formulas import raisable, raised
from corpus.readers.ooxml import A, Element, P, Package, R, chosen, diagrams, integer, is_alternatives, local
from corpus.readers.parts import Cell, Grid, Line, Merged, Part, Reading
from corpus.readers.word_lists import format_number

# Shapes whose tops differ by less stand in one row, in English Metric Units: a sixth of an inch.
_ROW = 152_400
_TITLES = frozenset({"title", "ctrTitle"})
_FURNITURE = frozenset({"sldNum", "dt", "hdr"})
_LISTED = frozenset({"", "body", "obj"})
_MAX_COLUMNS = 200
# PowerPoint's names for numbers: a kind and what stands around it.
_KINDS = {
    "arabic": "decimal", "alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman",
    "romanUc": "upperRoman", "circleNumDb": "decimalEnclosedCircle", "circleNumWd": "decimalEnclosedCircle",
    "ea1Chs": "chineseCountingThousand", "ea1Cht": "chineseCountingThousand", "ea1Jpn": "japaneseCounting",
}  # fmt: skip
_AROUND = {"ParenBoth": ("(", ")"), "ParenR": ("", ")"), "Period": ("", "."), "Plain": ("", ""), "Minus": ("-", "-")}


def read_pptx(data: bytes) -> Reading:
    """Reads a presentation's bytes. Raises `UnreadableFile`."""
    package = Package(data, "pptx")
    root, relations = package.xml(package.main), package.relations(package.main)
    parts: list[Part] = []
    footers: dict[str, Line] = {}
    for number, entry in enumerate(root.iterfind(f"{P}sldIdLst/{P}sldId"), 1):
        relation = relations.get(entry.get(f"{R}id", ""))
        if relation is None:
            raise UnreadableFile(
                f"the presentation is incomplete: slide {number} is missing; open it and save it again",
                f"演示文稿不完整：缺少第 {number} 张幻灯片；请打开后另存再导入",
            )
        parts += _Slide(package, relation.target, number, footers).parts()
    return assemble([*parts, *footers.values()], properties=package.properties())


@dataclass(slots=True)
class _Shape:
    """What stands at one place of a slide; the words of a title are kept apart."""

    left: int
    top: int
    parts: list[Part] = field(default_factory=list)
    title: bool = False


class _Slide:
    """One slide. `footers` gathers the texts that stand at the foot of slides, each once."""

    def __init__(self, package: Package, name: str, number: int, footers: dict[str, Line]) -> None:
        self._package = package
        self._name = name
        self._number = number
        self._footers = footers
        self._root = package.xml(name)
        self._places = _inherited_places(package, name)

    def parts(self) -> Iterator[Part]:
        if self._root.get("show") in ("0", "false"):
            return
        tree = self._root.find(f"{P}cSld/{P}spTree")
        shapes = _in_reading_order(list(self._shapes(tree))) if tree is not None else []
        titles = [part.text for s in shapes if s.title for part in s.parts if isinstance(part, Line)]
        body = [part for s in shapes if not s.title for part in s.parts]
        notes = list(self._notes())
        if titles:
            title = " ".join(titles)
            yield Line(title, kind=Kind.HEADING, level=1, page=self._number)
            yield from (replace(p, title=p.title or title) if isinstance(p, Grid) else p for p in [*body, *notes])
        else:
            yield from _with_heading([*body, *notes])

    def _shapes(self, tree: Element) -> Iterator[_Shape]:
        for element in tree:
            name = local(element)
            if is_alternatives(element):
                form = chosen(element)
                yield from () if form is None else self._shapes(form)
            elif name == "sp":
                yield from self._text_shape(element)
            elif name == "grpSp":
                inside = _in_reading_order(list(self._shapes(element)))
                left, top = _offset(element.find(f"{P}grpSpPr/{A}xfrm")) or (0, 0)
                yield _Shape(left, top, [part for s in inside for part in s.parts if not s.title])
                yield from (s for s in inside if s.title)
            elif name == "graphicFrame":
                left, top = _offset(element.find(f"{P}xfrm")) or self._place(element)
                yield _Shape(left, top, list(self._graphic(element)))

    def _text_shape(self, sp: Element) -> Iterator[_Shape]:
        kind = _placeholder(sp)[0]
        body = sp.find(f"{P}txBody")
        if body is None or kind in _FURNITURE:
            return
        left, top = _offset(sp.find(f"{P}spPr/{A}xfrm")) or self._place(sp)
        is_list = kind in _LISTED and sp.find(f"{P}nvSpPr/{P}nvPr/{P}ph") is not None
        lines = list(_lines(body, self._number, is_list))
        if kind == "ftr":
            for line in lines:
                self._footers.setdefault(line.text, Line(line.text, kind=Kind.CHROME))
        else:
            yield _Shape(left, top, [*lines], kind in _TITLES)

    def _place(self, shape: Element) -> tuple[int, int]:
        kind, index = _placeholder(shape)
        usual = "title" if kind in _TITLES else "body"
        return next((self._places[key] for key in (index, kind, usual) if key in self._places), (0, 0))

    def _graphic(self, frame: Element) -> Iterator[Part]:
        for table in frame.iter(f"{A}tbl"):
            rows = tuple(_row(tr) for tr in table.findall(f"{A}tr"))
            if rows:
                yield Grid(rows, header=1 if len(rows) > 1 else 0, pages=(self._number,) * len(rows))
        yield from diagrams(self._package, self._name, frame, self._number)

    def _notes(self) -> Iterator[Line]:
        root = self._package.related(self._name, "notesSlide")
        for sp in () if root is None else root.iter(f"{P}sp"):
            body = sp.find(f"{P}txBody")
            if body is not None and _placeholder(sp)[0] == "body":
                yield from _lines(body, self._number, False)


def _with_heading(parts: Sequence[Part]) -> Iterator[Part]:
    """A slide without a title begins with its first short line, so that nobody takes what follows for a
    part of the slide before."""
    first = next((p for p in parts if isinstance(p, Line) and structure.is_title(p.text)), None)
    if first is not None:
        yield Line(first.text, kind=Kind.HEADING, level=1, page=first.page)
    yield from (part for part in parts if part is not first)


def _in_reading_order(shapes: list[_Shape]) -> list[_Shape]:
    """From top to bottom, and from left to right where shapes stand side by side."""
    rows: list[list[_Shape]] = []
    for shape in sorted(shapes, key=lambda s: s.top):
        if rows and shape.top - rows[-1][0].top < _ROW:
            rows[-1].append(shape)
        else:
            rows.append([shape])
    return [shape for row in rows for shape in sorted(row, key=lambda s: s.left)]


def _inherited_places(package: Package, name: str) -> dict[str, tuple[int, int]]:
    """Where the layout and its master put the placeholders, by index and by kind."""
    places: dict[str, tuple[int, int]] = {}
    for kind in ("slideLayout", "slideMaster"):
        name = next((r.target for r in package.relations(name).values() if r.kind == kind), "")
        if not name:
            break
        for sp in package.xml(name).iter(f"{P}sp"):
            offset = _offset(sp.find(f"{P}spPr/{A}xfrm"))
            if offset is not None:
                for key in _placeholder(sp) if kind == "slideLayout" else _placeholder(sp)[:1]:
                    places.setdefault(key, offset)
    return places


def _placeholder(shape: Element) -> tuple[str, str]:
    """A placeholder's kind and index; a shape that is none has the kind "other"."""
    found = next(shape.iter(f"{P}ph"), None)
    return ("other", "-") if found is None else (found.get("type", ""), f"#{found.get('idx', '0')}")


def _offset(transform: Element | None) -> tuple[int, int] | None:
    offset = None if transform is None else transform.find(f"{A}off")
    return None if offset is None else (integer(offset.get("x")), integer(offset.get("y")))


def _lines(body: Element, page: int, is_list: bool) -> Iterator[Line]:
    """The paragraphs of a text. In a list's place more than one are its items."""
    paragraphs = body.findall(f"{A}p")
    is_list = is_list and sum(bool(_words(p).strip()) for p in paragraphs) > 1
    counts: dict[int, int] = {}
    for p in paragraphs:
        words = " ".join(_words(p).split())
        properties = p.find(f"{A}pPr")
        level = integer(None if properties is None else properties.get("lvl"))
        if not words:
            continue
        numbered = None if properties is None else properties.find(f"{A}buAutoNum")
        counts = {n: count for n, count in counts.items() if n < level or (n == level and numbered is not None)}
        if numbered is not None:
            counts[level] = counts.get(level, integer(numbered.get("startAt"), 1) - 1) + 1
            words = _number(numbered.get("type", ""), counts[level]) + words
        marked = numbered is not None or (properties is not None and properties.find(f"{A}buChar") is not None)
        plain = properties is not None and properties.find(f"{A}buNone") is not None
        item = marked or ((level > 0 or is_list) and not plain)
        yield Line(words, kind=Kind.LIST_ITEM if item else None, bold=_bold(p), ends=True, page=page)


def _words(p: Element) -> str:
    """A paragraph's text; a broken line goes on."""
    text = ""
    for child in p:
        name = local(child)
        if name == "br":
            text += " "
        elif name == "r" or (name == "fld" and not child.get("type", "").startswith(("slidenum", "datetime"))):
            words, properties = child.findtext(f"{A}t") or "", child.find(f"{A}rPr")
            high = properties is not None and integer(properties.get("baseline")) > 0
            text += raised(words) if high and raisable(words) else words
    return text


def _bold(p: Element) -> bool:
    runs = [r for r in p.findall(f"{A}r") if (r.findtext(f"{A}t") or "").strip()]
    properties = [r.find(f"{A}rPr") for r in runs]
    return bool(runs) and all(x is not None and x.get("b") in ("1", "true") for x in properties)


def _number(kind: str, n: int) -> str:
    """A number as PowerPoint writes it before a paragraph, with the blank after it."""
    name = next((k for k in _KINDS if kind.startswith(k)), "arabic")
    before, after = next((around for end, around in _AROUND.items() if kind.endswith(end)), ("", ""))
    return f"{before}{format_number(min(n, 32_767), _KINDS[name])}{after} "


def _row(tr: Element) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for tc in tr.findall(f"{A}tc")[:_MAX_COLUMNS]:
        if tc.get("hMerge") in ("1", "true"):
            cells.append(Merged.LEFT)
        elif tc.get("vMerge") in ("1", "true"):
            cells.append(Merged.ABOVE)
        else:
            lines = (" ".join(_words(p).split()) for p in tc.iterfind(f"{A}txBody/{A}p"))
            cells.append(" ".join(line for line in lines if line))
    return tuple(cells)

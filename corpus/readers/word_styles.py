"""A Word document's styles: what a paragraph is by its style and by its own properties. It knows nothing
of text, nor of how a list counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from corpus.readers.ooxml import Element, W, integer

_HEADING = re.compile(r"(?:heading|标题|標題)\s*([1-9])$")
_TITLES = frozenset({"title", "标题", "標題"})
_CONTENTS = re.compile(r"(?:toc|目录|目錄)(?:\s*\d|\s*heading|\s*标题)?$|table of figures$|图表目录$")
BODY = 9
_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says, or leaves open. `outline` counts from 0; BODY is the body's text."""

    id: str = ""
    name: str = ""
    outline: int | None = None
    bold: bool | None = None
    hidden: bool | None = None
    list: str | None = None
    depth: int | None = None

    @property
    def title(self) -> bool:
        return self.name in _TITLES

    @property
    def contents(self) -> bool:
        return bool(_CONTENTS.match(self.name))

    @property
    def heading(self) -> bool:
        return self.outline is not None and 0 <= self.outline < BODY and not self.contents

    def refined(self, properties: Element | None) -> Style:
        """The style with what a paragraph's own properties say."""
        if properties is None:
            return self
        outline, numbers = value(properties, "outlineLvl"), properties.find(f"{W}numPr")
        return replace(
            self,
            outline=self.outline if outline is None else integer(outline, BODY),
            list=value(numbers, "numId") or self.list,
            depth=integer(value(numbers, "ilvl"), -1) if value(numbers, "ilvl") else self.depth,
        )


class Styles:
    """The styles of a document, each with what it inherits."""

    def __init__(self, root: Element | None) -> None:
        found = [] if root is None else root.findall(f"{W}style")
        self._elements = {e.get(f"{W}styleId", ""): e for e in found}
        self._done: dict[str, Style] = {}
        default = (e for e in found if e.get(f"{W}type") == "paragraph" and e.get(f"{W}default") in ("1", "true", "on"))
        self._default = next((e.get(f"{W}styleId", "") for e in default), "")

    def of_paragraph(self, properties: Element | None) -> Style:
        return self.named(value(properties, "pStyle") or self._default).refined(properties)

    def of_run(self, properties: Element | None) -> Style:
        return self.named(value(properties, "rStyle") or "")

    def named(self, name: str) -> Style:
        """The style with this id; one that is not there says nothing."""
        if name not in self._done:
            chain, at = [name], name
            while (base := value(self._elements.get(at), "basedOn")) and base not in chain and len(chain) < _DEEPEST:
                chain.append(base)
                at = base
            style = Style()
            for each in reversed(chain):
                style = self._own(each, style)
            self._done[name] = style
        return self._done[name]

    def _own(self, name: str, base: Style) -> Style:
        element = self._elements.get(name)
        if element is None:
            return base
        called = (value(element, "name") or "").strip().lower()
        heading = _HEADING.match(called)
        runs = element.find(f"{W}rPr")
        style = replace(
            base,
            id=name,
            name=called,
            outline=int(heading[1]) - 1 if heading else base.outline,
            bold=_first(flag(runs, "b"), base.bold),
            hidden=_first(flag(runs, "vanish"), base.hidden),
            # With a list of its own, the inherited level is another list's.
            depth=base.depth if element.find(f"{W}pPr/{W}numPr") is None else None,
        )
        return style.refined(element.find(f"{W}pPr"))


def flag(properties: Element | None, name: str) -> bool | None:
    """Whether a property is on; None where it is not there."""
    found = None if properties is None else properties.find(W + name)
    return None if found is None else found.get(f"{W}val") not in ("0", "false", "off", "none")


def value(element: Element | None, name: str) -> str | None:
    found = None if element is None else element.find(W + name)
    return None if found is None else found.get(f"{W}val")


def _first(own: bool | None, inherited: bool | None) -> bool | None:
    return inherited if own is None else own

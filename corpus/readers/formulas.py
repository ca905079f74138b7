"""Office's formulas on one line, and raised figures: what a formula says must not be lost with its form
(10 to the power of 8 is not 108). It knows nothing of where a formula stands."""

from __future__ import annotations

from corpus.readers.ooxml import Element, local

_RAISED = str.maketrans("0123456789+-−=()nivxlc", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵛˣˡᶜ")
_RAISABLE = frozenset("0123456789+-−=()n")


def raised(text: str) -> str:
    """Figures as superscripts; the small letters of Roman numbers too."""
    return text.translate(_RAISED)


def raisable(text: str) -> bool:
    """Whether superscripts exist for all of a text that has figures in it."""
    return bool(text) and set(text) <= _RAISABLE and any(c.isdigit() for c in text)


def formula(element: Element) -> str:
    """The words and signs of a formula in order."""
    name = local(element)
    if name == "t":
        return element.text or ""
    if name.endswith("Pr"):
        return ""
    parts = {local(child): formula(child) for child in element}
    if name == "f":
        return f"{_grouped(parts.get('num', ''))}/{_grouped(parts.get('den', ''))}"
    if name == "sSup":
        power = parts.get("sup", "").strip()
        return parts.get("e", "") + (raised(power) if raisable(power) else f"^{_grouped(power)}")
    if name == "rad":
        return f"{parts.get('deg', '')}√{_grouped(parts.get('e', ''))}"
    if name == "d":
        return f"({parts.get('e', '')})"
    return "".join(formula(child) for child in element)


def _grouped(text: str) -> str:
    """What a line or a sign covers, in brackets where it is more than one word."""
    bare = text.strip()
    return bare if all(c.isalnum() or c in ".%" for c in bare) else f"({bare})"

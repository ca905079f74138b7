"""Words in pictures, by RapidOCR where it is installed. Its models come with it; nothing is downloaded."""

from __future__ import annotations

import functools
import importlib.util
from dataclasses import dataclass
from typing import Any

# Less certain readings are noise: specks, stamps, the texture of paper.
_CERTAIN = 0.6


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of text in a picture, in pixels from its top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def available() -> bool:
    """Whether OCR is installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def read_picture(picture: Any) -> list[Words]:
    """The words in a picture (an array of pixels), from top to bottom as the engine finds them."""
    result = _engine()(picture)
    if result.boxes is None or result.txts is None:
        return []
    found: list[Words] = []
    for corners, text, score in zip(result.boxes, result.txts, result.scores, strict=True):
        if text.strip() and score >= _CERTAIN:
            xs, ys = [float(x) for x, _ in corners], [float(y) for _, y in corners]
            found.append(Words(text.strip(), min(xs), min(ys), max(xs), max(ys)))
    return found


@functools.cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error"})

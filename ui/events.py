"""What an event of the page carries, and the page's own files. It knows nothing of what is shown."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import gradio as gr


def asset(name: str) -> str:
    """A script or a style sheet of the page."""
    return (files("ui") / "assets" / name).read_text("utf-8")


def data_of(event: gr.EventData) -> dict[str, Any]:
    """What the page's script sent with an event; anything else than an object is nothing."""
    data = event._data
    return data if isinstance(data, dict) else {}


def whole(value: object) -> int | None:
    """A whole number that a script sent, None for anything else."""
    text = str(value)
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None

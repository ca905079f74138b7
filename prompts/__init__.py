"""What a language model is told: one file per prompt and language, with named placeholders.

A leaf: it imports nothing of this program.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Formatter


def render(name: str, language: str, **values: str) -> str:
    """The prompt `name.language.md` with its placeholders filled.

    Raises `ValueError` where the values are not exactly the prompt's placeholders, so that a changed
    prompt and its caller can't drift apart. A value is never read as a template.
    """
    template = _load(f"{name}.{language}.md")
    wanted = {field for _, field, _, _ in Formatter().parse(template) if field is not None}
    if wanted != set(values):
        raise ValueError(f"prompt {name}.{language} takes {sorted(wanted)}, not {sorted(values)}")
    return template.format(**values)


@cache
def _load(file: str) -> str:
    return (files(__package__) / file).read_text("utf-8")

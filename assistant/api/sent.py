"""What everything that is sent to the API has to be: text."""

from __future__ import annotations

import json

from pydantic import model_validator

from assistant.answers import Frozen
from corpus.fields import is_text


def text_only(given: object) -> object:
    """Refuses half a surrogate pair, which JSON can write and no text has."""
    if not is_text(json.dumps(given, ensure_ascii=False, default=str)):
        raise ValueError("it has characters that are none (half a surrogate pair)")
    return given


class Sent(Frozen):
    """What a caller sends; only text."""

    _text_only = model_validator(mode="before")(text_only)

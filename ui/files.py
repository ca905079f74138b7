"""An answer taken away as a file, made of what the visitor's session holds: no conversation need be kept for it."""

from __future__ import annotations

import uuid
from base64 import b64encode
from html import escape

from assistant.answers import Answer
from assistant.core import Assistant
from assistant.exporting.exports import MEDIA_TYPES, export_of, written
from assistant.exporting.words import Form, file_name
from ui.texts import WORDS, Language

# The forms of an export, as they are called.
FORMS: dict[Form, str] = {"md": "Markdown", "docx": "Word", "json": "JSON"}
_LONGEST_TITLE = 120


def menu(turn: int, language: Language) -> str:
    """The forms in which the answer of a turn can be taken away, as HTML."""
    words = WORDS[language]
    forms = "".join(
        f'<button type="button" data-event="download" data-turn="{turn}" data-form="{form}">{name}</button>'
        for form, name in FORMS.items()
    )
    return (
        f'<details class="yj-menu yj-take"><summary class="yj-act">{escape(words.export)}</summary>'
        f"<div>{forms}</div></details>"
    )


def link(answer: Answer, form: object, assistant: Assistant) -> str:
    """A link that holds the file of an answer, for the page's script to follow; empty for a form that there is not."""
    chosen: Form | None = next((known for known in FORMS if known == form), None)
    if chosen is None:
        return ""
    title = answer.question[:_LONGEST_TITLE]
    export = export_of(title, (answer,), assistant, producer=assistant.producer, number=answer.id)
    data = b64encode(written(export, chosen)).decode()
    media = MEDIA_TYPES[chosen].partition(";")[0]
    # The number is another each time, so that the script sees the same file asked for again.
    return (
        f'<a hidden data-file="{uuid.uuid4().hex}" download="{escape(file_name(export.title, chosen))}"'
        f' href="data:{media};base64,{data}"></a>'
    )

"""An export as Markdown. Whatever documents, models and people wrote is text in it: no markup of theirs, no HTML
and no link is left to run."""

from __future__ import annotations

import re

import yaml

from assistant.exporting.exports import Export, ExportedTurn, mark_of, place_of
from assistant.exporting.words import WORDS, Words, one_line, shown

# What CommonMark and GitHub's Markdown read as markup anywhere, and at the beginning of a line.
_MARKUP = re.compile(r"[\\`*_\[\]<>&|~$@^{}]")
# Addresses that are made links without brackets.
_ADDRESS = re.compile(r"(?i)(?<=[a-z]):(?=//)|(?<=\bwww)\.|(?<=\bmailto):|(?<=\bxmpp):")


def markdown(export: Export) -> str:
    """The export, with the AIGC label in its front matter (YAML) and the notice above everything else."""
    front = {
        "title": export.title,
        "date": export.exported.date(),
        "lang": export.language,
        "AIGC": export.AIGC.model_dump(),
    }
    words = WORDS[export.language]
    parts = [
        f"---\n{yaml.safe_dump(front, allow_unicode=True, sort_keys=False)}---",
        f"# {line(export.title)}",
        quoted("\n".join((f"{words.generated} {' '.join(export.notices)}".strip(), _when(export, words)))),
    ]
    for number, turn in enumerate(export.turns, 1):
        parts += _turn(turn, number)
    return "\n\n".join(parts) + "\n"


def _when(export: Export, words: Words) -> str:
    return f"{words.exported} {export.exported:%Y-%m-%d %H:%M} UTC · {export.AIGC.ContentProducer}"


def _turn(turn: ExportedTurn, number: int) -> list[str]:
    words = WORDS[turn.language]
    parts = [f"## {number}. {line(turn.question)}"]
    if one_line(turn.standalone_question) != one_line(turn.question):
        parts.append(f"*{words.searched}*: {line(turn.standalone_question)}")
    if not turn.answered:
        parts.append(f"**{words.unanswered}**")
    if turn.text:
        parts.append(paragraph(turn.text))
    if turn.interrupted:
        parts.append(f"**⚠ {line(turn.interrupted)}**")
    for statement in turn.statements:
        if statement.lead:
            parts.append(paragraph(statement.lead))
        numbers = "".join(f"\\[{n}\\]" for n in statement.references)
        said = f"{paragraph(statement.text)} {numbers}" if statement.text else numbers
        mark = mark_of(statement, turn.language)
        parts.append(f"{said} **⚠ {line(mark)}**" if mark else said)
    for heading, references in ((words.references, turn.references), (words.nearest, turn.nearest)):
        if references:
            parts.append(f"### {heading}")
        for reference in references:
            parts.append(f"\\[{reference.number}\\] {line(place_of(reference, turn.language))}")
            if reference.quote is not None:
                parts.append(quoted(reference.quote))
    return parts


def line(text: str) -> str:
    """Text on one line, its markup made to be read and not obeyed."""
    return _escaped(one_line(text))


def paragraph(text: str) -> str:
    """Text with its lines, as one paragraph."""
    lines = (" ".join(each.split()) for each in shown(text).split("\n"))
    return "\\\n".join(_escaped(each) for each in lines if each)


def quoted(text: str) -> str:
    """Text with its lines, as a quotation."""
    return "\n".join(f"> {each}" for each in paragraph(text).split("\n"))


def _escaped(text: str) -> str:
    safe = _ADDRESS.sub(lambda m: "\\" + m[0], _MARKUP.sub(lambda m: "\\" + m[0], text))
    if begun := re.match(r"(?:\d{1,9})(?=[.)])|(?=[-+=#:])", safe):
        return f"{safe[: begun.end()]}\\{safe[begun.end() :]}"
    return safe

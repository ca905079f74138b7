"""Evaluation sets: questions with what a right answer says and where it says so.

A set is JSON Lines, one question a line (DESIGN section 6). Gold evidence is a quoted span of a
document, never a passage id, so cutting documents differently invalidates nothing.

A set about documents whose words may not be copied gives places instead of quotes: spans of the file's own
text, not of what a reader makes of it, so that they outlive every change to the readers. The file's digest is
beside them. The quotes are cut when the set is loaded, and nothing after that knows of spans.
"""

from __future__ import annotations

import hashlib
import operator
import re
import unicodedata
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import Field, NonNegativeInt, ValidationError, model_validator

from assistant.answers import Message
from corpus.errors import BadInput
from eval.records import Record

SAMPLES = "samples"
# The types of questions (DESIGN section 6). Sets may have others; the linter says so.
TYPES = (
    "fact",
    "number",
    "definition",
    "list",
    "temporal",
    "followup",
    "compare",
    "table_lookup",
    "aggregate",
    "unanswerable",
    "false_premise",
)


class Evidence(Record):
    """Quotes that must be found in a document: the end of its uri or its file's name is `source`.

    Or `spans`, [start, end) in characters of a UTF-8 text file, which `cut` makes into quotes: then `source` is the
    file's path in the folder of the documents and `sha256` begins the digest of its bytes.
    """

    source: str = Field(min_length=1)
    quotes: tuple[str, ...] = ()
    # What is left out of JSON where it is empty: digests of questions are made of it.
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{16}$", exclude_if=operator.not_)
    spans: tuple[tuple[NonNegativeInt, NonNegativeInt], ...] = Field(default=(), exclude_if=operator.not_)

    @model_validator(mode="after")
    def _whole(self) -> Evidence:
        if not self.spans and "quotes" not in self.model_fields_set:
            raise ValueError("neither quotes nor spans")
        if bool(self.spans) != (self.sha256 is not None):
            raise ValueError("spans and sha256 go together")
        if empty := [span for span in self.spans if span[0] >= span[1]]:
            raise ValueError(f"the span {list(empty[0])} is empty")
        return self


class GoldQuestion(Record):
    """A question, and how to know a right answer: every nugget by one of its alternatives.

    A nugget that is not `vital` makes an answer better and its lack no worse (TREC's vital and okay
    nuggets); without the field all are vital. Questions that share `meaning` ask the same thing in
    other words or in the other language. An unanswerable question has neither nuggets nor evidence;
    one with a false premise that the documents correct is answerable. `standalone` is a follow-up as a
    person would ask it who had said nothing before (`eval.followups`).
    """

    id: str = Field(min_length=1, coerce_numbers_to_str=True)
    question: str = Field(min_length=1)
    lang: Literal["zh", "en"]
    type: str
    answerable: bool
    nuggets: tuple[tuple[str, ...], ...]
    evidence: tuple[Evidence, ...]
    history: tuple[Message, ...] = ()
    standalone: str = Field(default="", exclude_if=operator.not_)
    vital: tuple[bool, ...] = ()
    meaning: str | None = None
    split: Literal["dev", "test"] | None = None
    stars: str | int | None = None
    note: str = ""

    @model_validator(mode="after")
    def _whole(self) -> GoldQuestion:
        if self.vital and len(self.vital) != len(self.nuggets):
            raise ValueError(f"vital has {len(self.vital)} values for {len(self.nuggets)} nuggets")
        if any(not nugget or not all(normal(a) for a in nugget) for nugget in self.nuggets):
            raise ValueError("a nugget has no alternative, or an empty one")
        return self

    @property
    def quotes(self) -> tuple[str, ...]:
        """All gold quotes, in order."""
        return tuple(quote for evidence in self.evidence for quote in evidence.quotes)

    @property
    def cluster(self) -> str:
        """What questions are drawn together by when an interval is made: their first document."""
        return self.evidence[0].source if self.evidence else self.id


class GoldSet(Record):
    """A set's questions, and the name and digest it goes by."""

    name: str
    sha256: str
    questions: tuple[GoldQuestion, ...]


def normal(text: str) -> str:
    """The form in which texts are compared: NFKC, no white space, lower case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def load_set(name: str, corpus: Path | None = None) -> GoldSet:
    """The set "samples", or one in a JSON Lines file. `corpus` is the folder of its documents, for a set whose
    evidence is spans. Raises `BadInput` naming the line."""
    texts = set_texts(name)
    questions: dict[str, GoldQuestion] = {}
    for where, text in texts:
        for number, line in enumerate(text.split("\n"), 1):
            if not line.strip():
                continue
            question = cut(parse_question(line, f"{where}, line {number}"), corpus)
            if question.id in questions:
                raise BadInput(
                    f"{where}, line {number}: the id {question.id!r} is taken by an earlier question; give it another",
                    f"{where}, line {number}：编号 {question.id!r} 与前面的问题重复；请改用其他编号",
                )
            questions[question.id] = question
    if not questions:
        raise BadInput(f"the set {name} holds no question", f"评测集 {name} 中没有问题")
    digest = hashlib.sha256("\n".join(text for _, text in texts).encode()).hexdigest()
    return GoldSet(name=Path(name).name.removesuffix(".jsonl"), sha256=digest, questions=tuple(questions.values()))


def set_texts(name: str) -> list[tuple[str, str]]:
    """The texts that hold a set, each with its name, which begins messages about it. Raises `BadInput`."""
    if name == SAMPLES:
        folder = files("eval") / "sets"
        return [(f"samples.{lang}", (folder / f"samples.{lang}.jsonl").read_text("utf-8")) for lang in ("zh", "en")]
    try:
        return [(name, Path(name).read_text("utf-8-sig"))]
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"the set {name} can't be read: {error}", f"无法读取评测集 {name}：{error}") from error


def parse_question(line: str, where: str) -> GoldQuestion:
    """The question in a line of JSON. Raises `BadInput` that begins with `where`."""
    try:
        return GoldQuestion.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ")
        raise BadInput(
            f"{where}: this is no question record ({what}); docs/evaluation.md describes the fields",
            f"{where}：不是有效的评测记录（{what}）；字段说明见 docs/evaluation.md",
        ) from error


def cut(question: GoldQuestion, corpus: Path | None) -> GoldQuestion:
    """The question with quotes for its spans, cut from the files in `corpus`. Raises `BadInput` where these are
    not the files that the spans were measured in."""
    if not any(evidence.spans for evidence in question.evidence):
        return question
    if corpus is None:
        raise BadInput(
            f"the evidence of {question.id} is given as places in documents; name their folder with --corpus",
            f"问题 {question.id} 的证据以文件中的位置给出；请用 --corpus 指定文件所在的文件夹",
        )
    return question.model_copy(update={"evidence": tuple(map(partial(_cut, question.id, corpus), question.evidence))})


def _cut(asked: str, corpus: Path, evidence: Evidence) -> Evidence:
    if not evidence.spans:
        return evidence
    file = corpus / evidence.source
    text = _text(file, str(evidence.sha256))
    if text is None:
        raise BadInput(
            f"{file} is not there, or not the UTF-8 text with the digest {evidence.sha256}… in which the evidence of "
            f"{asked} was measured; get that file, or name another folder with --corpus",
            f"{file} 不存在，或不是标定问题 {asked} 的证据时所用的 UTF-8 文本（摘要 {evidence.sha256}…）；"
            "请取得该文件，或用 --corpus 指定其他文件夹",
        )
    if bare := [[start, end] for start, end in evidence.spans if end > len(text) or not text[start:end].strip()]:
        raise BadInput(
            f"the span {bare[0]} of {asked} is blank in {file} or beyond its {len(text)} characters; mend the set",
            f"问题 {asked} 的证据位置 {bare[0]} 在 {file}（共 {len(text)} 字）中没有文字或已超出范围；请更正",
        )
    return Evidence(source=evidence.source, quotes=(*evidence.quotes, *(text[a:b] for a, b in evidence.spans)))


def _text(file: Path, digest: str) -> str | None:
    """The text of the file with the digest; None where that can't be had."""
    try:
        data = file.read_bytes() if file.is_file() else b""
        return data.decode("utf-8-sig") if hashlib.sha256(data).hexdigest().startswith(digest) else None
    except (OSError, UnicodeDecodeError):
        return None

"""Answers made elsewhere: a JSON Lines file of them, or a Python file that gives one when asked.

Both give the same record (`Record`): what was said, as sentences with the numbers they cite or as a text with
`[n]` marks; what stands behind the numbers; and what was found. A Python adapter is run as code, with all the
rights of whoever starts the evaluation: use none that you would not run yourself.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from corpus.errors import BadInput
from eval.questions import GoldQuestion, GoldSet
from eval.systems.base import Cited, Found, Response, Said, failed
from eval.systems.cited_text import said_in

Share = Annotated[float, Field(ge=0, le=1)]


def _by_stage(given: object) -> object:
    """A bare number of milliseconds is the whole."""
    return {"total": given} if isinstance(given, int | float) and not isinstance(given, bool) else given


class Record(BaseModel):
    """An answer made elsewhere. Fields that are not known here are somebody else's, and left alone. Without
    `answered` a record is an answer where it says anything but a refusal (`cited_text.REFUSALS`)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    text: str | None = None
    statements: tuple[Said, ...] | None = None
    citations: tuple[Cited, ...] = ()
    passages: tuple[Found, ...] = ()
    answered: bool | None = None
    confidence: Share | None = None
    milliseconds: Annotated[dict[str, float], BeforeValidator(_by_stage)] = {}
    tokens: Annotated[int | None, Field(ge=0)] = None
    models: dict[str, str | None] = {}
    error: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Record:
        if self.text is None and self.statements is None and self.answered is not False and not self.error:
            raise ValueError("it has none of the fields text, statements, answered (false) and error")
        numbers = [cited.number for cited in self.citations]
        if len(set(numbers)) < len(numbers):
            raise ValueError("two citations have the same number")
        return self

    def response(self) -> Response:
        """The record as the measures see it."""
        if self.error:
            return failed(self.error, self.milliseconds.get("total"))
        said = self.statements if self.statements is not None else said_in(self.text or "")
        answered = bool(said) if self.answered is None else self.answered
        return Response(
            answered=answered,
            text=self.text if self.text is not None else "\n".join(each.text for each in said),
            reason=None if answered else "not_in_documents",
            said=said if answered else (),
            cited=self.citations,
            found=self.passages,
            confidence=self.confidence,
            milliseconds=self.milliseconds,
            tokens=self.tokens,
            models=self.models,
        )


class _Line(Record):
    id: Annotated[str, Field(min_length=1, coerce_numbers_to_str=True)]


AnyRecord = TypeVar("AnyRecord", bound=Record)


class AnswersFile:
    """A JSON Lines file of records, each with the `id` of its question. A question without one has failed."""

    def __init__(self, path: Path, questions: GoldSet) -> None:
        """Reads the file. Raises `BadInput` naming the line: for no record, an id that the set does not have,
        and one that was there before."""
        data = _read(path)
        self.name = f"file:{path.name}@{_digest(data)}"
        self._records: dict[str, Record] = {}
        known = {question.id for question in questions.questions}
        for number, line in enumerate(_decoded(data, path).split("\n"), 1):
            if not line.strip():
                continue
            where = f"{path}, line {number}"
            record = _parsed(partial(_Line.model_validate_json, line), where)
            if record.id not in known:
                raise BadInput(
                    f"{where}: the set has no question {record.id!r}; take the ids of the set, or name its set",
                    f"{where}：评测集中没有编号为 {record.id!r} 的问题；请使用评测集中的编号，或换用对应的评测集",
                )
            if record.id in self._records:
                raise BadInput(
                    f"{where}: there is an answer to question {record.id!r} already; leave one of them out",
                    f"{where}：问题 {record.id!r} 已有答案；请删去其一",
                )
            self._records[record.id] = record

    def ask(self, gold: GoldQuestion) -> Response:
        record = self._records.get(gold.id)
        if record is None:
            return failed("the file has no answer to this question")
        return record.response()

    def close(self) -> None:
        """Nothing is open."""


class Adapter:
    """A Python file with `ask(question: str, history: list[dict], lang: str) -> dict`, the dict a `Record`.

    What it raises is that question's failure. It is called in one thread, always the same, and no time limit
    is set: the adapter has its own."""

    def __init__(self, path: Path) -> None:
        """Runs the file. Raises `BadInput` where it fails, or defines no such function."""
        data = _read(path)
        self.name = f"adapter:{path.name}@{_digest(data)}"
        self._thread = ThreadPoolExecutor(1, "adapter")
        loading: Future[Callable[..., Any]] = self._thread.submit(_load, path)
        if error := loading.exception():
            self._thread.shutdown()
            raise BadInput(
                f"{path} is no adapter ({_said(error)}); it must define ask(question, history, lang), which returns "
                "a dict as docs/evaluation.md describes it",
                f"{path} 不是可用的适配文件（{_said(error)}）；其中须定义 ask(question, history, lang)，"
                "返回 docs/evaluation.md 所述的字典",
            ) from error
        self._ask = loading.result()

    def ask(self, gold: GoldQuestion) -> Response:
        history = [message.model_dump() for message in gold.history]
        began = time.perf_counter()
        asking = self._thread.submit(self._ask, gold.question, history, gold.lang)
        error = asking.exception()
        spent = (time.perf_counter() - began) * 1000
        if error is not None:
            return failed(_said(error), spent)
        try:
            record = _parsed(partial(Record.model_validate, asking.result()), "what ask() returned")
        except BadInput as unfit:
            return failed(unfit.en, spent)
        response = record.response()
        return response.model_copy(update={"milliseconds": {"total": spent, **response.milliseconds}})

    def close(self) -> None:
        self._thread.shutdown()


def _load(path: Path) -> Callable[..., Any]:
    spec = importlib.util.spec_from_file_location("evaluated_adapter", path)
    if spec is None or spec.loader is None:
        raise ImportError("it is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses and pickling look their module up
    spec.loader.exec_module(module)
    ask = getattr(module, "ask", None)
    if not callable(ask):
        raise AttributeError("it has no function ask")
    found: Callable[..., Any] = ask
    return found


def _parsed(parse: Callable[[], AnyRecord], where: str) -> AnyRecord:
    try:
        return parse()
    except ValidationError as error:
        first = error.errors()[0]
        what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ")
        raise BadInput(
            f"{where} is no answer record ({what}); docs/evaluation.md describes the fields",
            f"{where}：不是有效的答案记录（{what}）；字段说明见 docs/evaluation.md",
        ) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{path} can't be read: {error.strerror}; check the path in --target",
            f"无法读取 {path}：{error.strerror}；请检查 --target 中的路径",
        ) from error


def _decoded(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{path} is not UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8",
            f"{path} 不是 UTF-8 编码（第 {error.start} 字节：{error.reason}）；请另存为 UTF-8",
        ) from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


def _said(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]

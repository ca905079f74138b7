"""Public sets that come as one file, read from local copies: XQuAD, CMRC 2018 and DRCD (retrieval over their
paragraphs), RGB, CRUD-RAG and ALCE (questions with the texts to answer them from).

Sources: XQuAD, Artetxe et al. 2020, arXiv:1910.11856; CMRC 2018, Cui et al. 2019, arXiv:1810.07366; DRCD, Shao et
al. 2018, arXiv:1806.00920; RGB, Chen et al. 2023, arXiv:2309.01431; CRUD-RAG, Lyu et al. 2024, arXiv:2401.17043;
ALCE, Gao et al. 2023, arXiv:2305.14627. Their licences are their own; some allow evaluation only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, Field, RootModel

from eval.public.sets import (
    PublicDocument,
    PublicQuery,
    Record,
    RetrievalSet,
    bad,
    digest,
    parse,
    read_folder,
    read_json,
    read_jsonl,
)

Kind = Literal["relevant", "noise", "counterfactual", "unlabelled"]
Task = Literal["questanswer_1doc", "questanswer_2docs", "questanswer_3docs"]
TASKS: tuple[Task, ...] = ("questanswer_1doc", "questanswer_2docs", "questanswer_3docs")


class Context(Record):
    """A text that comes with a question: whether it answers it, as far as the set says."""

    text: str
    title: str = ""
    kind: Kind = "unlabelled"


class PublicQuestion(Record):
    """A question with texts to answer it from. `answers` are what a right answer says, each with its
    alternatives; `reference` is a whole answer; `wrong` what the counterfactual texts say instead."""

    id: str
    question: str = Field(min_length=1)
    contexts: tuple[Context, ...]
    answers: tuple[tuple[str, ...], ...] = ()
    reference: str = ""
    claims: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    answerable: bool = True


def read_retrieval(path: Path, split: str | None = None) -> RetrievalSet:
    """A retrieval set: a folder (`read_folder`), or a file in SQuAD's form. Raises `BadInput`."""
    return read_folder(path, split) if path.is_dir() else read_squad(path)


# SQuAD's form, and CMRC 2018's own


class _Answer(Record):
    text: str


class _Qa(Record):
    id: str = Field(validation_alias=AliasChoices("id", "query_id"))
    question: str = Field(validation_alias=AliasChoices("question", "query_text"))
    answers: tuple[_Answer | str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(a if isinstance(a, str) else a.text for a in self.answers))


class _Paragraph(Record):
    context: str = Field(validation_alias=AliasChoices("context", "context_text"))
    title: str = ""
    qas: tuple[_Qa, ...]


class _Article(Record):
    title: str = ""
    paragraphs: tuple[_Paragraph, ...]


class _Squad(Record):
    data: tuple[_Article, ...]


def read_squad(path: Path, questions: Path | None = None) -> RetrievalSet:
    """A set in SQuAD's form: its paragraphs are the documents, and each question is answered by its own.
    With `questions`, a file of the same questions in another language, those are asked (XQuAD across
    languages). Paragraphs of one article form a group; one that occurs twice is one document. A question
    without an answer (SQuAD 2) is no query. Raises `BadInput`."""
    documents: dict[str, PublicDocument] = {}
    queries: dict[str, PublicQuery] = {}
    qrels: dict[str, dict[str, int]] = {}
    asked = (
        {qa.id: qa.question for _, paragraph in _paragraphs(questions) for qa in paragraph.qas} if questions else None
    )
    for document, paragraph in _paragraphs(path):
        kept = documents.setdefault(document.text, document)
        for qa in paragraph.qas:
            text = qa.question if asked is None else asked.get(qa.id)
            if qa.texts and text is not None:
                queries[qa.id] = PublicQuery(id=qa.id, text=text, answers=qa.texts)
                qrels[qa.id] = {kept.id: 1}
    if not qrels:
        raise bad(str(path), "no question has an answer")
    files = [questions, path] if questions else [path]
    return RetrievalSet(
        name="→".join(file.name.split(".json")[0] for file in files),
        documents=tuple(documents.values()),
        queries=tuple(queries.values()),
        qrels=qrels,
        sha256=digest(*files),
    )


def _paragraphs(path: Path) -> Iterator[tuple[PublicDocument, _Paragraph]]:
    """Every paragraph as a document, and with its questions."""
    given = _json(path)
    if isinstance(given, list):  # as CMRC 2018's authors publish it: paragraphs, each an article
        whole = (parse(_Paragraph, one, f"{path}, paragraph {n}") for n, one in enumerate(given, 1))
        articles: Iterable[_Article] = (_Article(title=one.title, paragraphs=(one,)) for one in whole)
    else:
        articles = parse(_Squad, given, str(path)).data
    for number, article in enumerate(articles):
        for place, one in enumerate(article.paragraphs):
            title = one.title or article.title
            yield PublicDocument(id=f"{number}-{place}", text=one.context, title=title, group=f"{number}"), one


# Questions that bring their texts


class _Rgb(Record):
    """RGB as its authors publish it; `*_int` has one list of texts for each part of the answer."""

    id: str
    query: str
    answer: str | tuple[str | tuple[str, ...], ...]
    positive: tuple[str | tuple[str, ...], ...]
    negative: tuple[str, ...]
    positive_wrong: tuple[str, ...] = ()
    fakeanswer: str | tuple[str | tuple[str, ...], ...] = ()


class _RgbMixed(Record):
    """RGB with the texts of one trial mixed already."""

    id: str
    query: str
    answers: tuple[str | tuple[str, ...], ...]
    contexts: tuple[str, ...]
    answerable: bool


def read_rgb(path: Path) -> tuple[PublicQuestion, ...]:
    """RGB: a question a line with its texts, those that answer it, those that do not, and in `*_fact` those
    made to be wrong; how many of each a trial takes is the trial's business. Raises `BadInput`."""
    return tuple(_rgb(one) for one in read_jsonl(path, _RgbLine))


class _RgbLine(RootModel[_RgbMixed | _Rgb]):
    """Either form."""


def _rgb(line: _RgbLine) -> PublicQuestion:
    one = line.root
    if isinstance(one, _RgbMixed):
        contexts = tuple(Context(text=text) for text in one.contexts)
        answers = _alternatives(one.answers)
        return PublicQuestion(
            id=one.id, question=one.query, contexts=contexts, answers=answers, answerable=one.answerable
        )
    return PublicQuestion(
        id=one.id,
        question=one.query,
        contexts=(
            *_contexts(_flat(one.positive), "relevant"),
            *_contexts(one.negative, "noise"),
            *_contexts(one.positive_wrong, "counterfactual"),
        ),
        answers=_alternatives(one.answer),
        wrong=_flat((one.fakeanswer,) if isinstance(one.fakeanswer, str) else one.fakeanswer),
    )


class _Crud(Record):
    id: str = Field(validation_alias="ID")
    questions: str = Field(min_length=1)
    answers: str = Field(min_length=1)
    news1: str = Field(min_length=1)
    news2: str = ""
    news3: str = ""


def read_crud(path: Path, task: Task = "questanswer_1doc") -> tuple[PublicQuestion, ...]:
    """CRUD-RAG's questions over one, two or three news articles, from `split_merged.json`. Answers are
    sentences. The other tasks (continuation, summary, correction) ask for no grounded answer and are not
    read. Raises `BadInput`."""
    given = _json(path)
    records = given.get(task) if isinstance(given, dict) else None
    if not isinstance(records, list):
        raise bad(str(path), f"it has no list {task}")
    found = (parse(_Crud, record, f"{path}, {task} {n}") for n, record in enumerate(records, 1))
    return tuple(
        PublicQuestion(
            id=one.id,
            question=one.questions,
            contexts=_contexts([news for news in (one.news1, one.news2, one.news3) if news], "relevant"),
            reference=one.answers,
        )
        for one in found
    )


class _AlceText(Record):
    text: str
    title: str = ""


class _AlcePair(Record):
    short_answers: tuple[str, ...]


class _Alce(Record):
    """ASQA has `qa_pairs`, QAMPARI `answers`, ELI5 `claims`."""

    id: str = Field("", validation_alias=AliasChoices("sample_id", "id"))
    question: str
    docs: tuple[_AlceText, ...]
    answer: str | None = None
    qa_pairs: tuple[_AlcePair, ...] | None = None
    answers: tuple[tuple[str, ...], ...] | None = None
    claims: tuple[str, ...] | None = None


def read_alce(path: Path) -> tuple[PublicQuestion, ...]:
    """ALCE: questions with the passages that were found for them, best first; which of them answer is not
    said. Raises `BadInput`."""
    given = _json(path)
    records = given if isinstance(given, list) else given.get("data")
    if not isinstance(records, list):
        raise bad(str(path), "a list of questions is wanted")
    return tuple(_alce(parse(_Alce, record, f"{path}, question {n}"), n) for n, record in enumerate(records, 1))


def _alce(one: _Alce, number: int) -> PublicQuestion:
    pairs = [pair.short_answers for pair in one.qa_pairs or ()]
    return PublicQuestion(
        id=one.id or str(number),
        question=one.question,
        contexts=tuple(Context(text=found.text, title=found.title) for found in one.docs),
        answers=_alternatives(one.answers or pairs),
        reference=one.answer or "",
        claims=one.claims or (),
    )


def pooled(name: str, questions: Sequence[PublicQuestion]) -> RetrievalSet:
    """A retrieval set whose documents are all texts of these questions, each judged relevant for the
    questions that say so of it; a question that does not is no query. Raises `BadInput` where none does."""
    documents: dict[str, PublicDocument] = {}
    qrels: dict[str, dict[str, int]] = {}
    for question in questions:
        for context in question.contexts:
            new = PublicDocument(id=f"text {len(documents)}", text=context.text, title=context.title)
            document = documents.setdefault(context.text, new)
            if context.kind == "relevant":
                qrels.setdefault(question.id, {})[document.id] = 1
    if not qrels:
        raise bad(name, "no question says which of its texts answer it")
    queries = tuple(PublicQuery(id=q.id, text=q.question) for q in questions if q.id in qrels)
    return RetrievalSet(name=name, documents=tuple(documents.values()), queries=queries, qrels=qrels)


Texts = str | Sequence[str | Sequence[str]]


def _alternatives(answers: Texts) -> tuple[tuple[str, ...], ...]:
    """Answers as parts, each with its alternatives, however flat they were given."""
    parts = [answers] if isinstance(answers, str) else answers
    return tuple((part,) if isinstance(part, str) else tuple(part) for part in parts if part)


def _flat(texts: Texts) -> tuple[str, ...]:
    return tuple(text for part in _alternatives(texts) for text in part)


def _contexts(texts: Iterable[str], kind: Kind) -> tuple[Context, ...]:
    return tuple(Context(text=text, kind=kind) for text in texts)


class _Json(RootModel[list[Any] | dict[str, Any]]):
    """A JSON file's list or object."""


def _json(path: Path) -> list[Any] | dict[str, Any]:
    return read_json(path, _Json).root

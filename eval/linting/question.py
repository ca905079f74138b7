"""What can be wrong with one question of a set, by itself and against the documents that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from eval.linting.documents import Named
from eval.making.proposals import LONGEST_QUOTE
from eval.measures.answer import nugget_recall, value_match
from eval.questions import TYPES, GoldQuestion, normal
from eval.support.verifier import Verifier
from eval.systems.base import Response

Severity = Literal["error", "warning"]
# A nugget may stand this many characters (in the normal form) from a quote of its question.
NEAR = 400
# What is counted need not stand beside a quote; what else is worked out says so in its note.
_FAR = frozenset({"aggregate"})
_DERIVED = "derived"
_REFUSABLE = frozenset({"unanswerable", "false_premise"})
_SCORES = (("nuggets", nugget_recall), ("value", value_match))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with one question, or with the set (`question` is None). `what` is the kind."""

    severity: Severity
    question: str | None
    what: str
    en: str
    zh: str


def of_question(question: GoldQuestion, named: Mapping[str, Named]) -> Iterator[Finding]:
    """All that is wrong with it."""
    for check in (_kind, _answerable, _nuggets, _gold_answer):
        yield from check(question)
    for check_in in (_quotes, _near):
        yield from check_in(question, named)


def _kind(question: GoldQuestion) -> Iterator[Finding]:
    if question.type not in TYPES:
        en, zh = f"no known type: {question.type}; use one of {' '.join(TYPES)}", f"未知类型：{question.type}"
        yield Finding("error", question.id, "type", en, f"{zh}；可用：{' '.join(TYPES)}")
    if question.type == "followup" and not question.history:
        en, zh = "a follow-up without history; give the messages before it", "追问缺少 history；请补上此前的对话"
        yield Finding("error", question.id, "history", en, zh)
    if question.standalone and not question.history:
        en, zh = "a standalone question, yet no history; leave it out", "没有 history，却有 standalone；请删去"
        yield Finding("error", question.id, "standalone", en, zh)


def _answerable(question: GoldQuestion) -> Iterator[Finding]:
    if question.answerable and question.type == "unanswerable":
        en, zh = "of type unanswerable, yet answerable; change one of them", "类型为 unanswerable 却可答；请改其一"
        yield Finding("error", question.id, "answerable", en, zh)
    if question.answerable and not (question.nuggets and question.quotes):
        en, zh = "answerable without nuggets or quotes; give both", "可答，却没有要点或引文；请补全"
        yield Finding("error", question.id, "answerable", en, zh)
    if not question.answerable and (question.nuggets or question.evidence):
        en, zh = "unanswerable with nuggets or evidence; take them out", "不可答，却有要点或证据；请删去"
        yield Finding("error", question.id, "answerable", en, zh)
    if not question.answerable and question.type not in _REFUSABLE:
        en = f"unanswerable, yet of type {question.type}; figures by type will mix both"
        yield Finding("warning", question.id, "answerable", en, f"不可答，类型却是 {question.type}；分类型指标会混淆")


def _nuggets(question: GoldQuestion) -> Iterator[Finding]:
    before = (m.content for m in question.history if m.role == "user")
    asked = normal("\n".join((*before, question.question, question.standalone)))
    for alternative in (a for nugget in question.nuggets for a in nugget):
        form = normal(alternative)
        if form in asked:
            en = f"repeating the question says the nugget “{alternative}”; say it otherwise, or leave it out"
            yield Finding("error", question.id, "echo", en, f"复述问题即命中要点“{alternative}”；请改写或删去")
        if len(form) < 2 or (form.isdigit() and len(form) < 4):
            en = f"the nugget “{alternative}” stands inside other words and numbers; give it with its unit"
            yield Finding("warning", question.id, "loose_nugget", en, f"要点“{alternative}”太短，易误中；请带上单位")


def _gold_answer(question: GoldQuestion) -> Iterator[Finding]:
    """An answer that says the quotes and every first alternative must have full marks."""
    if not question.answerable or not question.nuggets:
        return
    said = "\n".join((*question.quotes, *(nugget[0] for nugget in question.nuggets)))
    answer, support = Response(answered=True, text=said), Verifier()
    for key, measure in _SCORES:
        score = measure(question, answer, support)
        if score is not None and score < 1:
            en = f"the gold answer scores {score:.2f} on “{key}”, not 1; look at the first alternatives"
            yield Finding("error", question.id, "gold_answer", en, f"标准答案在“{key}”上得 {score:.2f}，而不是 1")


def _quotes(question: GoldQuestion, named: Mapping[str, Named]) -> Iterator[Finding]:
    for evidence in question.evidence:
        document = named[evidence.source]
        if document.problem is not None:
            yield Finding("error", question.id, "source", document.problem.en, document.problem.zh)
        elif len(document.texts) > 1:
            en = f"{len(document.texts)} documents are called {evidence.source}; name the folder too"
            zh = f"有 {len(document.texts)} 份文件名为 {evidence.source}；请写上文件夹"
            yield Finding("warning", question.id, "source", en, zh)
        for quote in evidence.quotes:
            if len(quote) > LONGEST_QUOTE:
                en = f"a quote of {len(quote)} characters; the words that answer are enough: “{quote[:30]}…”"
                yield Finding("warning", question.id, "long_quote", en, f"引文长 {len(quote)} 字：“{quote[:30]}…”")
            if document.problem is None and not document.says(quote):
                en = f"{evidence.source} does not say “{quote}”; copy the words from the document"
                yield Finding("error", question.id, "quote", en, f"{evidence.source} 中没有“{quote}”；请照原文摘录")


def _near(question: GoldQuestion, named: Mapping[str, Named]) -> Iterator[Finding]:
    if question.type in _FAR or _DERIVED in question.note.lower() or not question.quotes:
        return
    around = "\n".join(
        window for e in question.evidence for quote in e.quotes for window in named[e.source].around(quote, NEAR)
    )
    for nugget in question.nuggets if around else ():
        if not any(normal(alternative) in around for alternative in nugget):
            en = (
                f"“{nugget[0]}” does not stand within {NEAR} characters of a quote; "
                f"mend it, or write “{_DERIVED}” in the note"
            )
            zh = f"引文前后 {NEAR} 字内没有“{nugget[0]}”；请更正，或在 note 中注明“{_DERIVED}”"
            yield Finding("error", question.id, "far_nugget", en, zh)

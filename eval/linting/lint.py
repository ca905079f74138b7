"""The set linter: what is wrong with a set of questions before any system is asked one.

It knows the records and the documents that they name, read by the product's own readers and compared in the
form in which answers are scored (`questions.normal`). It knows no meanings: whether a question is a good one
and its nuggets right, a person says.

An error makes figures wrong: a quote that nothing can find, a nugget that repeating the question earns, a
question that is in both splits. A warning makes them weaker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import BadInput
from eval.linting.copying import copied
from eval.linting.documents import Named, documents
from eval.linting.pairs import duplicates, leaks
from eval.linting.question import Finding, of_question
from eval.questions import TYPES, GoldQuestion, cut, parse_question, set_texts

if TYPE_CHECKING:
    from rich.console import Console


def lint_set(name: str, corpus: Path | None) -> tuple[tuple[GoldQuestion, ...], tuple[Finding, ...]]:
    """The questions of a set ("samples" or a file) and what is wrong with it, held against the documents of a
    folder or (None) of the samples. Raises `BadInput` where the set or the folder can't be read."""
    read, broken = records(set_texts(name))
    if not read and not broken:
        raise BadInput(f"the set {name} holds no question", f"评测集 {name} 中没有问题")
    questions, uncut = quoted(read, corpus)
    sources = [evidence.source for question in questions for evidence in question.evidence]
    named = documents(sources, corpus)
    kept = {question.id for question in questions}
    taken = copied([question for question in read if question.id in kept], named)
    return questions, (*broken, *uncut, *taken, *lint(questions, named))


def quoted(
    questions: Iterable[GoldQuestion], corpus: Path | None
) -> tuple[tuple[GoldQuestion, ...], tuple[Finding, ...]]:
    """The questions with quotes for spans, and what is wrong with spans that are none of the documents in `corpus`;
    their questions are left out. Raises `BadInput` where there are spans and no `corpus`."""
    whole, findings = [], []
    for question in questions:
        try:
            whole.append(cut(question, corpus))
        except BadInput as error:
            if corpus is None:
                raise
            findings.append(Finding("error", question.id, "span", error.en, error.zh))
    return tuple(whole), tuple(findings)


def records(texts: Iterable[tuple[str, str]]) -> tuple[tuple[GoldQuestion, ...], tuple[Finding, ...]]:
    """The questions in the named texts of JSON Lines, and what is wrong with lines that are none. Of several
    with one id the first is kept."""
    questions: dict[str, GoldQuestion] = {}
    findings = []
    for where, text in texts:
        for number, line in enumerate(text.split("\n"), 1):
            if not line.strip():
                continue
            try:
                question = parse_question(line, f"{where}, line {number}")
            except BadInput as error:
                findings.append(Finding("error", None, "record", error.en, error.zh))
                continue
            if question.id in questions:
                place = f"{where}, line {number}"
                en, zh = f"{place}: an earlier question has this id; give it another", f"{place}：编号与前面的问题重复"
                findings.append(Finding("error", question.id, "id", en, zh))
            questions.setdefault(question.id, question)
    return tuple(questions.values()), tuple(findings)


def lint(questions: Sequence[GoldQuestion], named: Mapping[str, Named]) -> tuple[Finding, ...]:
    """All that is wrong with the questions, errors first, else in their order. `named` has what the documents of
    every `source` say."""
    found = [finding for question in questions for finding in of_question(question, named)]
    found += [*duplicates(questions), *leaks(questions), *_balance(questions)]
    return tuple(sorted(found, key=lambda finding: finding.severity != "error"))


def balance(questions: Sequence[GoldQuestion]) -> dict[str, dict[str, int]]:
    """How many questions there are of each type in each language; known types first, all of them."""
    counted = Counter((question.type, question.lang) for question in questions)
    types = dict.fromkeys((*TYPES, *sorted({question.type for question in questions})))
    return {type_: {lang: counted[type_, lang] for lang in ("zh", "en")} for type_ in types}


def _balance(questions: Sequence[GoldQuestion]) -> Iterator[Finding]:
    counted = balance(questions)
    for lang in ("zh", "en"):
        if not any(by[lang] for by in counted.values()):
            yield Finding("warning", None, "balance", f"there is no question in {lang}", f"没有 {lang} 问题")
    for type_, by in counted.items():
        if not sum(by.values()):
            yield Finding(
                "warning", None, "balance", f"there is no question of type {type_}", f"没有 {type_} 类型的问题"
            )


def to_json(questions: Sequence[GoldQuestion], findings: Sequence[Finding]) -> dict[str, object]:
    """What is printed as JSON."""
    return {
        "questions": len(questions),
        "errors": sum(finding.severity == "error" for finding in findings),
        "balance": balance(questions),
        "findings": [asdict(finding) for finding in findings],
    }


def print_findings(questions: Sequence[GoldQuestion], findings: Sequence[Finding], out: Console) -> None:
    """How many questions of each type there are, then what is wrong, in both languages."""
    from rich.table import Table
    from rich.text import Text

    table = Table("type", "zh", "en", box=None, pad_edge=False)
    for type_, by in balance(questions).items():
        table.add_row(Text(type_), str(by["zh"]), str(by["en"]))
    out.print(table)
    listed = Table("", "question", "what", box=None, pad_edge=False)
    listed.add_column("", overflow="fold")
    for f in findings:
        listed.add_row(f.severity, Text(f.question or "–"), f.what, Text(f"{f.en}\n{f.zh}"))
    if findings:
        out.print(listed)
    errors = sum(finding.severity == "error" for finding in findings)
    out.print(
        f"{len(questions)} questions, {errors} errors, {len(findings) - errors} warnings "
        f"（{len(questions)} 个问题，{errors} 个错误，{len(findings) - errors} 个警告）",
        highlight=False,
    )

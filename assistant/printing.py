"""Answers, hits and documents for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

from assistant.answers import Answer
from assistant.core import DocumentSummary
from assistant.texts import caution, status_word, unsupported
from corpus.similarity import Pair
from indexing.explain import Explained, Explanation, Term
from indexing.fusion import LATE
from indexing.retrieval import Hit
from indexing.store import DENSE, LEXICAL

# Terms that are shown of a question, the heaviest.
_TERMS = 12


def print_answer(console: Console, answer: Answer, language: str) -> None:
    """The statements with their citation numbers, then every citation with its exact words."""
    zh = language == "zh"
    if not answer.answered:
        console.print(f"[bold yellow]{escape(answer.text)}[/]")
        if answer.hits:
            console.print("\n" + ("最接近的段落：" if zh else "The nearest passages:"), style="dim")
            print_hits(console, answer.hits[:3], language)
        return
    for statement in answer.statements:
        if statement.lead:
            console.print(statement.lead, style="dim", markup=False, highlight=False)
        marks = "".join(f"[{n}]" for n in statement.citations)
        console.print(f"{escape(statement.text)} [bold cyan]{escape(marks)}[/]")
        if doubt := unsupported(statement.outcome, statement.reason, language):
            console.print(f"    {doubt}", style="yellow", highlight=False, markup=False)
    if answer.interrupted:
        console.print("\n" + answer.interrupted, style="yellow", highlight=False, markup=False)
    console.print("\n" + ("依据：" if zh else "Citations:"), style="dim")
    for citation in answer.citations:
        place = " › ".join((citation.title, *citation.headings))
        console.print(f"[bold cyan]{escape(f'[{citation.number}]')}[/] {escape(place)}")
        where = f"{citation.source}  {citation.document_id}  {citation.start}–{citation.end}"
        if citation.page is not None:
            where += f"  第 {citation.page} 页" if zh else f"  page {citation.page}"
        console.print(f"    {where}", style="dim", highlight=False, markup=False)
        if warning := caution(citation.life, language, successor=citation.superseded_by or ""):
            console.print(f"    ! {warning}", style="yellow", highlight=False, markup=False)
        console.print(f"    “{citation.quote}”", highlight=False, markup=False)
    console.print("\n" + answer.label.notice, style="dim", markup=False)


def print_hits(console: Console, hits: Sequence[Hit], language: str) -> None:
    for hit in hits:
        _print_hit(console, hit, language)


def _print_hit(console: Console, hit: Hit, language: str) -> None:
    place = " › ".join((hit.title, *hit.headings))
    console.print(f"[bold]{hit.rank}.[/] {escape(place)}  [dim]{hit.score:.3f}  {escape(hit.source)}[/]")
    text = " ".join(hit.text.split())
    console.print(f"   {text if len(text) <= 160 else text[:160] + '…'}", highlight=False, markup=False)
    if hit.also:
        places = [f"{place.source} ({place.start}–{place.end})" for place in hit.also]
        said = "另见：" + "、".join(places) if language == "zh" else "also in " + ", ".join(places)
        console.print(f"   {said}", style="dim", highlight=False, markup=False)


def print_explained(console: Console, hits: Sequence[Hit], explained: Explained, language: str) -> None:
    """What was searched and how, then every hit with why it is where it is."""
    zh = language == "zh"

    def say(text: str) -> None:
        console.print(text, style="dim", highlight=False, markup=False)

    bounds = "; ".join(f"{name} = {', '.join(values) or '-'}" for name, values in explained.filters.items())
    legs = [f"{_leg(leg.name, zh)} × {leg.weight:.4f} ({leg.found})" for leg in explained.legs]
    say(
        (f"检索 {explained.passages} 个段落，范围：" if zh else f"{explained.passages} passages searched, where ")
        + bounds
    )
    say(("各路检索 × 权重（找到的段落数）：" if zh else "legs × weight (passages found): ") + ", ".join(legs))
    say(("检索词（权重）：" if zh else "terms (weight): ") + _terms(explained.terms))
    if explained.reranker:
        say(("重排模型：" if zh else "reranker: ") + explained.reranker)
    if explained.turns:
        say("问题涉及多个文件，各文件轮流列出" if zh else "the question is about several documents, which take turns")
    for hit, why in zip(hits, explained.hits, strict=True):
        _print_hit(console, hit, language)
        for line in _reasons(why, zh):
            say(f"   {line}")


def _reasons(why: Explanation, zh: bool) -> Iterator[str]:
    if why.reranked is not None:
        yield ("重排得分 " if zh else "reranker ") + f"{why.reranked:.4f}"
    shares = " + ".join(f"{leg.share:.4f}" for leg in why.legs)
    yield ("融合得分 " if zh else "fused ") + f"{why.fused:.4f} = {shares or '0'}"
    for leg in why.legs:
        place = f"第 {leg.rank} 名，得分 {leg.score:.4f}" if zh else f"rank {leg.rank}, score {leg.score:.4f}"
        yield f"  {_leg(leg.name, zh)}{'：' if zh else ': '}{place}"
    yield ("匹配的词：" if zh else "terms matched: ") + (_terms(why.terms) or "-")
    if why.joined:
        parts = ", ".join(f"{part.start}–{part.end} ({part.score:.4f})" for part in why.joined)
        yield ("由相邻段落合并：" if zh else "joined of neighbours: ") + parts


def _leg(name: str, zh: bool) -> str:
    known = {LEXICAL: ("words", "词语"), DENSE: ("meaning", "语义"), LATE: ("word by word", "逐词")}
    return known.get(name, (name, name))[zh]


def _terms(terms: Sequence[Term]) -> str:
    shown = ", ".join(f"{term.text} {term.weight:.2f}" for term in terms[:_TERMS])
    return shown + (f", … ({len(terms)})" if len(terms) > _TERMS else "")


def print_documents(console: Console, documents: Sequence[DocumentSummary], language: str) -> None:
    zh = language == "zh"
    if not documents:
        console.print(
            "还没有文件。请导入：yiju ingest 路径" if zh else "No documents yet. Add some with: yiju ingest PATH"
        )
        return
    for d in documents:
        margin = "" if d.current else "    "
        size = f"{d.passages} 个段落" if zh else f"{d.passages} passages"
        facts = [d.number, d.date, status_word(d.status, language), d.source, d.language, size, _note(d, zh)]
        console.print(f"{margin}[bold]{d.id}[/]  {escape(d.title)}", highlight=False)
        console.print(margin + "    " + "  ".join(filter(None, facts)), style="dim", markup=False)


def print_pairs(console: Console, pairs: Sequence[Pair], documents: Sequence[DocumentSummary], language: str) -> None:
    """Documents with nearly the same text, two and two."""
    if not pairs:
        console.print("没有内容相近的文件。" if language == "zh" else "No two documents have nearly the same text.")
    known = {d.id: d for d in documents}
    for pair in pairs:
        console.print(f"{pair.similarity:.0%}", style="bold", highlight=False)
        for document in (known.get(pair.first), known.get(pair.second)):
            if document is not None:
                line = f"    {document.id}  {document.title}  {document.source}"
                console.print(line, markup=False, highlight=False)


def print_document(console: Console, shown: Mapping[str, Any], language: str) -> None:
    """What the API says of a document: each field with where it was read, then tables and headings."""

    def say(line: str) -> None:
        console.print(line, markup=False, highlight=False)

    for name in ("id", "source", "uri", "sha256", "origin", "characters", "supersedes", "superseded_by", "duplicates"):
        if shown[name] not in (None, [], ""):
            say(f"{name}: {_words(shown[name])}")
    metadata = dict(shown["metadata"])
    read_from = metadata.pop("read_from")
    for name, value in metadata.items():
        if value not in (None, [], ""):
            label = "supersedes (said)" if name == "supersedes" else name
            word = status_word(value, language) if name == "status" else _words(value)
            say(f"{label}: {word}  [{read_from.get(name, '')}]")
    if shown["status"] != metadata["status"]:
        say(f"status in filters: {status_word(shown['status'], language)}")
    for note in shown["notes"]:
        say(f"! {note['zh' if language == 'zh' else 'en']}")
    for table in shown["tables"]:
        rows = f"{table['rows']} 行" if language == "zh" else f"{table['rows']} rows"
        say(f"table: {table['title'] or '-'} ({' | '.join(table['columns'])}; {rows})")
    for heading in shown["headings"]:
        say("  " * heading["level"] + heading["text"])


def _note(d: DocumentSummary, zh: bool) -> str:
    if d.superseded_by and d.current:
        return f"已被 {d.superseded_by} 取代" if zh else f"superseded by {d.superseded_by}"
    if not d.current:
        return "旧版本" if zh else "earlier version"
    if not d.searched:
        return "样例，暂不检索" if zh else "sample, not searched"
    return ("样例" if zh else "sample") if d.origin == "sample" else ""


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

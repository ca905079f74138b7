"""Answers, hits and documents for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from assistant.answers import Answer
from assistant.core import DocumentSummary
from indexing.retrieval import Hit


def print_answer(console: Console, answer: Answer, language: str) -> None:
    """The statements with their citation numbers, then every citation with its exact words."""
    zh = language == "zh"
    if not answer.answered:
        console.print(f"[bold yellow]{escape(answer.text)}[/]")
        if answer.hits:
            console.print("\n" + ("最接近的段落：" if zh else "The nearest passages:"), style="dim")
            print_hits(console, answer.hits[:3])
        return
    for statement in answer.statements:
        marks = "".join(f"[{n}]" for n in statement.citations)
        console.print(f"{escape(statement.text)} [bold cyan]{escape(marks)}[/]")
    console.print("\n" + ("依据：" if zh else "Citations:"), style="dim")
    for citation in answer.citations:
        place = " › ".join((citation.title, *citation.headings))
        console.print(f"[bold cyan]{escape(f'[{citation.number}]')}[/] {escape(place)}")
        where = f"{citation.source}  {citation.document_id}  {citation.start}–{citation.end}"
        console.print(f"    {where}", style="dim", highlight=False, markup=False)
        console.print(f"    “{citation.quote}”", highlight=False, markup=False)
    console.print("\n" + answer.label.notice, style="dim", markup=False)


def print_hits(console: Console, hits: Sequence[Hit]) -> None:
    for hit in hits:
        place = " › ".join((hit.title, *hit.headings))
        console.print(f"[bold]{hit.rank}.[/] {escape(place)}  [dim]{hit.score:.3f}  {escape(hit.source)}[/]")
        text = " ".join(hit.text.split())
        console.print(f"   {text if len(text) <= 160 else text[:160] + '…'}", highlight=False, markup=False)


def print_documents(console: Console, documents: Sequence[DocumentSummary], language: str) -> None:
    zh = language == "zh"
    if not documents:
        console.print(
            "还没有文件。请导入：yiju ingest 路径" if zh else "No documents yet. Add some with: yiju ingest PATH"
        )
        return
    for d in documents:
        aside = ("样例，暂不检索" if zh else "sample, not searched") if not d.searched else ""
        note = aside or (("样例" if zh else "sample") if d.origin == "sample" else "")
        size = f"{d.passages} 个段落" if zh else f"{d.passages} passages"
        console.print(f"[bold]{d.id}[/]  {escape(d.title)}", highlight=False)
        console.print(
            f"    {'  '.join(part for part in (d.source, d.language, size, note) if part)}",
            style="dim",
            markup=False,
        )

"""Questions with and without an answer in the documents, as the product's own search sees them.

They come from question sets (whose `answerable` says it) and from retrieval sets with `withheld.json`:
those documents are left out of the index, so that their questions must be refused. Questions of a retrieval set that
are asked of a question set's documents are strange to them, and easier to refuse than what people ask.
"""

from __future__ import annotations

import json
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answering.signals import Signals
from assistant.core import Assistant, Question
from assistant.settings import Settings
from corpus.errors import BadInput
from eval.public.sets import PublicDocument, RetrievalSet, read_folder
from eval.questions import SAMPLES, GoldSet, load_set
from eval.runner import Advance, indexed

Asked = Iterator[tuple[Question, str, bool]]


@dataclass(frozen=True, slots=True)
class Case:
    """One question's signals, whether it is answerable, and what it is drawn together with."""

    cluster: str
    answerable: bool
    signals: Signals


@dataclass(frozen=True, slots=True)
class Source:
    """The cases of one set; only those of a `divisible` one can be held out."""

    name: str
    sha256: str
    divisible: bool
    cases: tuple[Case, ...]


def collect(
    sets: Sequence[str],
    corpora: Sequence[Path],
    benches: Sequence[Path],
    most: int,
    settings: Settings,
    advance: Advance,
    strange: int = 0,
) -> tuple[Source, ...]:
    """The cases of all sets and folders; `corpora` belong to the sets but the samples, in order. Up to `strange`
    questions of each folder are asked of each set's documents as well. Raises `BadInput`."""
    own = [name for name in sets if name != SAMPLES]
    if len(own) != len(corpora):
        raise BadInput(
            f"there are {len(own)} sets of your own and {len(corpora)} folders of documents; give one --corpus for "
            "each --set, in the same order",
            f"有 {len(own)} 个自有评测集，却有 {len(corpora)} 个文档文件夹；请按相同顺序为每个 --set 给出一个 --corpus",
        )
    folders = dict(zip(own, corpora, strict=True))
    others = [asked for folder in benches for asked in _asked(read_folder(folder), strange)] if strange else []
    loaded = ((load_set(name, folders.get(name)), folders.get(name)) for name in sets)
    return (
        *(source for found, folder in loaded for source in collect_set(found, folder, settings, advance, others)),
        *(collect_bench(folder, most, settings, advance) for folder in benches),
    )


def collect_set(
    questions: GoldSet,
    corpus: Path | None,
    settings: Settings,
    advance: Advance,
    others: Sequence[tuple[Question, str, bool]] = (),
) -> Iterator[Source]:
    """The cases of a question set over the documents in `corpus` (None: the samples); and where there are any, those
    of other sets' questions over the same documents, which do not answer them."""
    with (
        tempfile.TemporaryDirectory(prefix="yiju-eval-") as temporary,
        indexed(corpus, Path(temporary), settings, advance) as workplace,
    ):
        assistant = workplace.assistant
        asked = (
            (Question(q.question, history=q.history), f"{questions.name}/{q.cluster}", q.answerable)
            for q in questions.questions
        )
        yield Source(questions.name, questions.sha256, divisible=False, cases=tuple(_cases(assistant, asked, advance)))
        if others:
            strange = ((question, f"{questions.name}+{cluster}", False) for question, cluster, _ in others)
            cases = tuple(_cases(assistant, strange, advance))
            yield Source(f"{questions.name}, strange", questions.sha256, divisible=False, cases=cases)


def collect_bench(folder: Path, most: int, settings: Settings, advance: Advance) -> Source:
    """The cases of `most` questions of a retrieval set whose withheld documents are left out. Questions that
    lose only some of their documents are left out, too. Raises `BadInput`."""
    found = read_folder(folder)
    if not found.withheld:
        raise BadInput(
            f"{folder} has no withheld.json; name there the documents to leave out, or give the folder to "
            "`yiju eval retrieval`",
            f"{folder} 中没有 withheld.json；请在其中列出要排除的文档，或改用 yiju eval retrieval",
        )
    with tempfile.TemporaryDirectory(prefix="yiju-eval-") as temporary:
        corpus, data = Path(temporary) / "corpus", Path(temporary) / "data"
        corpus.mkdir()
        kept = (document for document in found.documents if document.id not in found.withheld)
        for number, document in enumerate(kept):
            (corpus / f"{number}.md").write_text(_file(document), "utf-8")
        with indexed(corpus, data, settings, advance) as workplace:
            cases = tuple(_cases(workplace.assistant, _asked(found, most), advance))
    return Source(found.name, found.sha256, divisible=True, cases=cases)


def _file(document: PublicDocument) -> str:
    title = f"---\ntitle: {json.dumps(document.title, ensure_ascii=False)}\n---\n" if document.title else ""
    return title + document.text


def _asked(found: RetrievalSet, most: int) -> Iterator[tuple[Question, str, bool]]:
    """The questions in an order that has nothing to do with the documents', each with its cluster."""
    documents = {document.id: document for document in found.documents}
    judged = sorted(found.judged(), key=lambda query: (zlib.crc32(query.id.encode()), query.id))
    taken = 0
    for query in judged:
        relevant = found.relevant(query.id)
        left_out = [document in found.withheld for document in relevant]
        if any(left_out) != all(left_out) or not query.text.strip():
            continue
        first = documents.get(relevant[0])
        cluster = (first.group or first.title or first.id) if first else relevant[0]
        yield Question(query.text), f"{found.name}/{cluster}", not all(left_out)
        taken += 1
        if taken == most:
            return


def _cases(assistant: Assistant, asked: Iterator[tuple[Question, str, bool]], advance: Advance) -> Iterator[Case]:
    for question, cluster, answerable in asked:
        signals = assistant.signals(question)
        if signals is not None:
            yield Case(cluster, answerable, signals)
        advance(cluster, None)

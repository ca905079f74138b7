"""Makes a question set from a user's own documents, without a model: proposals, each with its gold span, that a
person accepts or not (`yiju eval annotate`).

It takes what the templates make (`from_tables`, `chinese`, `english`, `from_documents`), leaves out
what does not hold by the linter's rules or has two answers in the corpus, and spreads what it keeps over types
and documents. The same documents, limit and seed give the same file.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.document import Document
from corpus.errors import BadInput, YijuError
from corpus.fields import overridden
from corpus.readers import read
from corpus.sidecar import read_sidecar
from eval.making import chinese, english
from eval.making.chinese import from_chinese
from eval.making.english import from_english
from eval.making.from_documents import from_documents, swapped_year
from eval.making.from_tables import from_tables
from eval.making.listing import alike
from eval.making.proposals import Corpus, Proposal, json_line
from eval.questions import normal
from indexing.ingest import find_files, read_beside, read_bytes

if TYPE_CHECKING:
    from rich.console import Console

# Types in the order in which they are drawn, and the most of all that may be unanswerable.
_ORDER = ("table_lookup", "number", "list", "unanswerable", "temporal", "definition", "fact", "compare", "aggregate")
_MOST_UNANSWERABLE = 0.2
# Two questions about one document that share this much of their characters ask the same thing.
_SAME = 0.9
# How much of the text around a quote a person is shown, in characters.
_AROUND = 80
_MOST_BYTES = 256 * 2**20
Advance = Callable[[str, int | None], None]


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that was left out, and why."""

    source: str
    reason: YijuError


def read_corpus(folder: Path, advance: Advance) -> tuple[Corpus, tuple[Unread, ...]]:
    """The documents of a folder (or a file), read as `ingest` reads them, and what could not be. Of two files with
    the same text the first counts. Raises `BadInput` where there is no document."""
    paths = list(find_files([folder]))
    documents: dict[str, Document] = {}
    unread: list[Unread] = []
    shared = Counter(path.name for path in paths)
    for path in paths:
        source = path.name if shared[path.name] == 1 else f"{path.parent.name}/{path.name}"
        try:
            data, (name, beside) = read_bytes(path, _MOST_BYTES), read_beside(path)
            document = read(data, uri=path.absolute().as_uri(), source=source)
            if beside:
                document = replace(document, metadata=overridden(document.metadata, read_sidecar(beside, name)))
            documents.setdefault(normal(document.text), document)
        except YijuError as error:
            unread.append(Unread(source, error))
        advance(source, len(paths))
    if not documents:
        what = "; ".join(f"{u.source}: {u.reason.en}" for u in unread[:3]) or "it holds no file that can be read"
        zh = "；".join(f"{u.source}：{u.reason.zh}" for u in unread[:3]) or "其中没有可读取的文件"
        raise BadInput(
            f"no document could be read in {folder} ({what}); name a folder with documents",
            f"在 {folder} 中没有读到任何文档（{zh}）；请指定存放文档的文件夹",
        )
    return Corpus(tuple(documents.values())), tuple(unread)


def propose(corpus: Corpus, *, limit: int, seed: int = 0) -> tuple[Proposal, ...]:
    """At most `limit` proposals, drawn type by type and within a type document by document."""
    taken: list[Proposal] = []
    places: set[tuple[str, int]] = set()
    queues = _queues(corpus, random.Random(seed))
    most = {kind: round(limit * _MOST_UNANSWERABLE) if kind == "unanswerable" else limit for kind in queues}
    while queues and len(taken) < limit:
        for kind in list(queues):
            chosen = next((p for p in queues[kind] if _is_new(p, taken, places) and not _ambiguous(p, corpus)), None)
            if chosen is None or sum(p.type == kind for p in taken) >= most[kind]:
                del queues[kind]
                continue
            taken.append(chosen)
            if chosen.answerable:
                places.add(chosen.place)
            if len(taken) == limit:
                break
    return tuple(taken)


def _queues(corpus: Corpus, rng: random.Random) -> dict[str, Iterator[Proposal]]:
    """The sound proposals by type, in the order in which they are drawn."""
    made: dict[str, dict[str, list[Proposal]]] = defaultdict(lambda: defaultdict(list))
    questions: set[str] = set()
    for proposal in _all(corpus):
        asked = normal(proposal.question)
        if proposal.sound() and asked not in questions:
            questions.add(asked)
            made[proposal.type][proposal.place[0]].append(proposal)
    queues: dict[str, Iterator[Proposal]] = {}
    for kind in sorted(made, key=_ORDER.index):
        by_document = list(made[kind].values())
        for proposals in by_document:
            rng.shuffle(proposals)
        rng.shuffle(by_document)
        queues[kind] = iter([p for turn in _turns(by_document) for p in turn])
    return queues


def _all(corpus: Corpus) -> Iterator[Proposal]:
    for proposal in (*from_tables(corpus), *from_chinese(corpus), *from_english(corpus), *from_documents(corpus)):
        yield proposal
        if swapped := swapped_year(proposal, corpus):
            yield swapped


def _turns(groups: Sequence[Sequence[Proposal]]) -> Iterator[list[Proposal]]:
    """The first of each group, then the second of each …"""
    for turn in range(max(map(len, groups), default=0)):
        yield [group[turn] for group in groups if turn < len(group)]


def _is_new(proposal: Proposal, taken: Sequence[Proposal], places: set[tuple[str, int]]) -> bool:
    """Whether its place is not asked about yet, and nothing nearly like it is asked of its document."""
    if proposal.answerable and proposal.place in places:
        return False
    kin = [p for p in taken if p.place[0] == proposal.place[0] and p.type == proposal.type]
    if any(p.place == proposal.place for p in kin):
        return False
    return proposal.type in ("table_lookup", "compare", "aggregate") or all(
        alike(p.question, proposal.question) < _SAME or p.nuggets != proposal.nuggets for p in kin
    )


def _ambiguous(proposal: Proposal, corpus: Corpus) -> bool:
    """Whether the corpus gives another value for what is asked."""
    values = {
        ("number", "zh"): chinese.QUANTITY,
        ("number", "en"): english.QUANTITY,
        ("temporal", "zh"): chinese.DATE,
        ("temporal", "en"): english.DATE,
    }
    value = values.get((proposal.type, proposal.lang))
    return value is not None and corpus.contradicts(proposal, value)


def write(proposals: Sequence[Proposal], file: Path) -> None:
    """Writes proposals as question records, one a line, each with the text around its quotes for whoever judges
    it. Raises `BadInput` where the file is there already or can't be written."""
    write_lines([line(proposal) for proposal in proposals], file)


def write_lines(lines: Sequence[str], file: Path) -> None:
    """Writes a new file of lines. Raises `BadInput` where it is there already or can't be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as stream:
            stream.writelines(f"{each}\n" for each in lines)
    except FileExistsError as error:
        raise BadInput(
            f"{file} is there already; name another file with --out, or remove it",
            f"{file} 已存在；请用 --out 指定其他文件，或先删除它",
        ) from error
    except OSError as error:
        raise BadInput(
            f"{file} can't be written ({error.strerror}); name another file with --out",
            f"无法写入 {file}（{error.strerror}）；请用 --out 指定其他文件",
        ) from error


def line(proposal: Proposal) -> str:
    """A proposal's line: its record, and `context`, which a set's readers pass over."""
    record = proposal.record().model_dump(mode="json", exclude_defaults=True)
    around = [
        {
            "source": span.document.source,
            "before": _flat(span.document.text[max(0, span.start - _AROUND) : span.start]),
            "quote": span.quote,
            "after": _flat(span.document.text[span.end : span.end + _AROUND]),
        }
        for span in proposal.spans
    ]
    return json_line({**record, **({"context": around} if around else {})})


def to_json(proposals: Sequence[Proposal], unread: Sequence[Unread]) -> dict[str, object]:
    """How many questions of each type there are, and what could not be read."""
    return {
        "questions": len(proposals),
        "types": dict(Counter(proposal.type for proposal in proposals)),
        "languages": dict(Counter(proposal.lang for proposal in proposals)),
        "unread": [{"source": u.source, "reason": {"en": u.reason.en, "zh": u.reason.zh}} for u in unread],
    }


def show(proposals: Sequence[Proposal], unread: Sequence[Unread], file: Path, out: Console, err: Console) -> None:
    """Prints how many questions of each type were written to a file, and what could not be read."""
    for left_out in unread:
        reason = f"{left_out.reason.en} / {left_out.reason.zh}"
        err.print(f"{left_out.source}: {reason}", style="yellow", markup=False, highlight=False)
    for kind, count in Counter(proposal.type for proposal in proposals).most_common():
        out.print(f"{count:4}  {kind}", markup=False, highlight=False)
    out.print(f"{len(proposals):4}  {file}", markup=False, highlight=False)


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)

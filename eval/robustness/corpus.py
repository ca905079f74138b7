"""Documents for the tests of robustness, made from those of a set: distractors, and copies with another value.

Everything is drawn with fixed seeds, so that the same set and documents give the same tests.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from assistant.wiring import sample_files
from corpus.decode import decode
from corpus.document import Document, Kind
from eval.generated import as_markdown, made_up
from eval.measures.retrieval import same_source
from eval.measures.robustness import Change, holds
from eval.questions import GoldQuestion, normal
from indexing.ingest import find_files, place_of, read_bytes

# Files in which a value can be replaced by editing their text.
_TEXTUAL = (".md", ".txt", ".html", ".htm", ".csv")
_KEPT = 0.6  # the share of a document's lines that go into each distractor
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class File:
    """A file of the corpus as it is indexed."""

    uri: str
    source: str
    data: bytes


def files_of(corpus: Path | None, most_bytes: int) -> list[File]:
    """The files of a folder, or the samples; those that are no text without their bytes."""
    if corpus is None:
        return [File(f"sample:{name}", name, data) for name, data in sample_files()]
    return [
        File(place_of(path).as_uri(), path.name, read_bytes(path, most_bytes) if _is_text(path.name) else b"")
        for path in find_files([corpus])
    ]


def _is_text(name: str) -> bool:
    return PurePath(name).suffix.lower() in _TEXTUAL


def unrelated(count: int) -> list[File]:
    """Made-up Chinese guidelines on other matters."""
    made = (as_markdown(made_up(seed, sections=2)) for seed in range(count))
    return [File(f"noise:unrelated-{n}", f"unrelated-{n}.md", data) for n, data in enumerate(made, 1)]


def similar(documents: Sequence[Document], golds: Iterable[GoldQuestion], count: int) -> list[File]:
    """Documents like those of the set that say none of its evidence: each is another one's sections in another
    order, with some of the lines, and none that holds a gold quote."""
    quotes = sorted({normal(quote) for gold in golds for quote in gold.quotes if len(normal(quote)) > 1})
    stock = [(d, sections) for d in documents if (sections := _sections(d, quotes))]
    found: list[File] = []
    for n in range(1, count + 1 if stock else 1):
        document, sections = stock[(n - 1) % len(stock)]
        chance = random.Random(n)
        word = "补充材料" if document.metadata.language == "zh" else "supplement"
        lines = [f"# {document.metadata.title} ({word} {n})"]
        for heading, texts in chance.sample(sections, len(sections)):
            lines += [f"## {heading}" if heading else "", *(text for text in texts if chance.random() < _KEPT)]
        found.append(File(f"noise:similar-{n}", f"similar-{n}.md", "\n\n".join(lines).encode()))
    return found


def _sections(document: Document, quotes: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The lines of each section, table rows said with their columns, without those that hold a quote."""
    sections: dict[tuple[str, ...], list[str]] = {}
    for block in document.blocks:
        if block.kind in (Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.TABLE_ROW):
            text = " ".join((block.context or document.quote(block.start, block.end)).split())
            both = normal(block.context + document.quote(block.start, block.end))
            if not any(holds(both, quote) for quote in quotes):
                sections.setdefault(block.headings, []).append(text)
    return [(headings[-1] if headings else "", texts) for headings, texts in sections.items()]


def without_answer(gold: GoldQuestion, documents: Sequence[tuple[Document, str]]) -> tuple[str, ...]:
    """The ids of the documents, each given with its text in normal form, that neither are gold nor say any of the
    question's nuggets."""
    forms = [form for nugget in gold.nuggets for form in nugget]
    return tuple(
        document.id
        for document, text in documents
        if not any(same_source(document.source, evidence.source) for evidence in gold.evidence)
        and not any(holds(text, form) for form in forms)
    )


@dataclass(frozen=True, slots=True)
class Altered:
    """A question's value replaced: the files that change with it, before and after."""

    change: Change
    before: tuple[File, ...]
    after: tuple[File, ...]


def alter(gold: GoldQuestion, files: Sequence[File], texts: dict[str, str]) -> Altered | None:
    """The files with the first value of the question that can be replaced everywhere replaced by another; None
    where there is none. `texts` holds each file's canonical text in normal form, by uri.

    A value can be replaced where a nugget has a number, that number is in every form of the nugget that the
    documents say, the question does not say it, and all files that say it are text. The other number has as many
    digits and is not in the documents, where there is such a number."""
    everything = "\n".join(texts.values())
    for nugget in gold.nuggets:
        said = [form for form in nugget if holds(everything, form)]
        number = _common_number(said)
        if number is None or holds(normal(gold.question), number) or not any(not form.isdigit() for form in said):
            continue
        other = _another(number, said, everything + normal(gold.question))
        touched = [f for f in files if any(holds(texts[f.uri], form) for form in said)]
        if other is None or not all(_is_text(f.source) for f in touched):
            continue
        forms = sorted((form for form in nugget if number in _numbers(form)), key=len, reverse=True)
        change = Change(tuple(forms), tuple(_exchanged(form, number, other) for form in forms))
        after = tuple(File(f.uri, f.source, _replaced(decode(f.data), change).encode()) for f in touched)
        return Altered(change, tuple(touched), after)
    return None


def _numbers(text: str) -> list[str]:
    return [str(int(found)) for found in _NUMBER.findall(normal(text))]


def _common_number(said: Sequence[str]) -> str | None:
    """The last number of the first form that is in all of them."""
    common = [n for n in _numbers(said[0]) if all(n in _numbers(form) for form in said)] if said else []
    return common[-1] if common else None


def _another(number: str, said: Sequence[str], everything: str) -> str | None:
    """A number with as many digits, if possible one that is nowhere; in any case none that makes a form which is
    somewhere."""
    low, high = 10 ** (len(number) - 1), 10 ** len(number)
    others = [str(low + (int(number) + step - low) % (high - low)) for step in range(3, min(high - low, 200))]
    fit = [n for n in others if not any(holds(everything, _exchanged(form, number, n)) for form in said)]
    return next((n for n in fit if not holds(everything, n)), fit[0] if fit else None)


def _exchanged(text: str, old: str, new: str) -> str:
    """The text with a number replaced, its leading zeros kept."""
    return _NUMBER.sub(lambda m: new.zfill(len(m[0])) if str(int(m[0])) == old else m[0], text)


def _replaced(text: str, change: Change) -> str:
    """The text with every old form replaced, whatever the case and the white space in it, the longest first."""
    pairs = zip(change.old, change.new, strict=True)
    for old, new in pairs:
        number, other = next((a, b) for a, b in zip(_numbers(old), _numbers(new), strict=True) if a != b)
        letters = r"\s*".join(map(re.escape, "".join(old.split())))
        before = r"(?<!\d)(?<!\d[.,])" if old[0].isdigit() else ""
        after = r"(?!\d)(?![.,]\d)" if old[-1].isdigit() else ""
        pattern = re.compile(before + letters + after, re.I)
        text = pattern.sub(lambda m, number=number, other=other: _exchanged(m[0], number, other), text)  # type: ignore[misc]
    return text

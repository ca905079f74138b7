"""Public retrieval sets, read from files that somebody else downloaded. Nothing is fetched here.

A retrieval set is documents, queries, and judgements of which document answers which query. Three forms
of folder are read, plain or gzipped:

- **BEIR** (Thakur et al. 2021, arXiv:2104.08663): `corpus.jsonl` `{_id, title, text}`, `queries.jsonl`
  `{_id, text}`, `qrels/SPLIT.tsv` (query, document, grade, below a header);
- **TREC**, as MIRACL (Zhang et al. 2023) comes: `docs*.jsonl` `{docid, title, text}`, `topics*.tsv`
  (query, text) and `qrels*.tsv` (query, Q0, document, grade), anywhere below the folder;
- **ours**: BEIR with `id` and `qrels.tsv`, and where there are such, `answers.jsonl` `{id, answers}`,
  `withheld.json` `{withheld_docs}` (left out, their questions must be refused) and `meta.json`.

Sets that come as one file are read by `eval.public.files`. What is judged and not in the corpus stays
judged: a document that can't be found is one that was not.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import BadInput

_ID = AliasChoices("_id", "id", "docid")
_GRADED, _TREC = 3, 4


class Record(BaseModel):
    """Fields that are not known here are somebody else's, and left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, populate_by_name=True)


class PublicDocument(Record):
    """A document of a public set. Documents of one `group` (an article, a law) are not independent."""

    id: str = Field(min_length=1, validation_alias=_ID)
    text: str
    title: str = ""
    group: str | None = None


class PublicQuery(Record):
    """A query of a public set, with its short answers where the set has them. Its text can be empty: such
    queries occur, and find nothing."""

    id: str = Field(min_length=1, validation_alias=_ID)
    text: str
    answers: tuple[str, ...] = ()


class RetrievalSet(Record):
    """Documents, queries, and judgements: `qrels[query][document]` is a grade, relevant above 0. `withheld`
    are documents to be left out where refusing is measured; `sha256` is that of the files."""

    name: str
    documents: tuple[PublicDocument, ...]
    queries: tuple[PublicQuery, ...]
    qrels: Mapping[str, Mapping[str, int]]
    withheld: frozenset[str] = frozenset()
    sha256: str = ""

    def relevant(self, query: str) -> tuple[str, ...]:
        """The documents that answer a query."""
        return tuple(document for document, grade in self.qrels.get(query, {}).items() if grade > 0)

    def clusters(self) -> dict[str, str]:
        """Which queries are not independent: those of one group of documents, else of one document."""
        groups = {document.id: document.group or document.id for document in self.documents}
        first = {query.id: self.relevant(query.id)[0] for query in self.judged()}
        return {query: groups.get(document, document) for query, document in first.items()}

    def judged(self) -> tuple[PublicQuery, ...]:
        """The queries that some document answers; the others measure nothing."""
        return tuple(query for query in self.queries if self.relevant(query.id))


class _Answers(Record):
    id: str = Field(validation_alias=_ID)
    answers: tuple[str, ...]


class _Withheld(Record):
    withheld_docs: frozenset[str]


class _About(Record):
    name: str


def read_folder(folder: Path, split: str | None = None) -> RetrievalSet:
    """The retrieval set in a folder. `split` ("test", "dev") says which judgements, where there are several.
    Raises `BadInput` naming the file and the line."""
    corpora = _files(folder, "corpus.jsonl") or _files(folder, "docs*.jsonl")
    queries = _files(folder, "queries.jsonl") or _of_split(_files(folder, "topics*.tsv"), split)
    qrels = _of_split(_files(folder, "qrels*.tsv") or _files(folder / "qrels", "*.tsv"), split)
    for files, what, zh in (
        (corpora, "corpus.jsonl or docs*.jsonl", "文档"),
        (queries, "queries.jsonl or topics*.tsv", "查询"),
        (qrels, "qrels.tsv, qrels/SPLIT.tsv or qrels*.tsv", "相关性标注"),
    ):
        if not files:
            raise BadInput(
                f"{folder} is no retrieval set: it has no {what}; docs/evaluation.md describes the forms",
                f"{folder} 不是检索评测集：缺少{zh}文件（{what}）；格式说明见 docs/evaluation.md",
            )
    answers = {a.id: a.answers for path in _files(folder, "answers.jsonl") for a in read_jsonl(path, _Answers)}
    withheld = [read_json(path, _Withheld).withheld_docs for path in _files(folder, "withheld.json")]
    about = [read_json(path, _About).name for path in _files(folder, "meta.json")]
    found = RetrievalSet(
        name=about[0] if about else folder.resolve().name,
        documents=_unique(document for path in corpora for document in read_jsonl(path, PublicDocument)),
        queries=tuple(
            query.model_copy(update={"answers": answers.get(query.id, ())})
            for query in _unique(query for path in queries for query in _queries(path))
        ),
        qrels=_qrels(qrels),
        withheld=frozenset().union(*withheld),
        sha256=digest(*corpora, *queries, *qrels),
    )
    if not found.judged():
        raise BadInput(
            f"{folder}: no query is judged to be answered by a document; do the judgements belong to these queries?",
            f"{folder}：没有任何查询标注了相关文档；请检查标注与查询是否对应",
        )
    return found


def _files(folder: Path, pattern: str) -> list[Path]:
    """The files of this name or pattern, plain or gzipped: those in the folder itself, else those below."""
    for where in (pattern, f"**/{pattern}"):
        if found := sorted({*folder.glob(where), *folder.glob(where + ".gz")}):
            return found
    return []


def _of_split(files: list[Path], split: str | None) -> list[Path]:
    """One split's files. Raises `BadInput` where it must be said which."""
    if split is not None:
        return [path for path in files if split in re.split(r"[.\-_]", path.name)]
    if len(files) > 1:
        names = ", ".join(path.name for path in files)
        raise BadInput(
            f"there are several splits ({names}); say which with --split", f"有多个划分（{names}）；请用 --split 指定"
        )
    return files


def _queries(path: Path) -> Iterator[PublicQuery]:
    if ".jsonl" in path.name:
        yield from read_jsonl(path, PublicQuery)
        return
    for where, line in lines(path):
        query, tab, text = line.partition("\t")
        if not tab:
            raise bad(where, "a query and its text, parted by a tab, are wanted")
        yield parse(PublicQuery, {"id": query, "text": text}, where)


def _qrels(files: list[Path]) -> dict[str, dict[str, int]]:
    """The judgements: query, document and grade; or TREC's form with a second column that means nothing."""
    qrels: dict[str, dict[str, int]] = {}
    for path in files:
        for number, (where, line) in enumerate(lines(path)):
            row = line.split("\t") if "\t" in line else line.split()
            if number == 0 and row[0] in ("query-id", "query_id", "qid"):
                continue
            if len(row) not in (_GRADED, _TREC) or not row[-1].strip().lstrip("-").isdecimal():
                raise bad(where, "a query, a document and a whole number are wanted, parted by tabs")
            qrels.setdefault(row[0], {})[row[-2]] = int(row[-1])
    return qrels


Given = TypeVar("Given", PublicDocument, PublicQuery)
Model = TypeVar("Model", bound=BaseModel)


def _unique(records: Iterator[Given]) -> tuple[Given, ...]:
    """The records, each id once: a repeated one is the same again in every set known to have them."""
    return tuple({record.id: record for record in records}.values())


def lines(path: Path) -> Iterator[tuple[str, str]]:
    """A file's lines that hold anything, each after its place in words. Raises `BadInput`."""
    try:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield f"{path}, line {number}", line.rstrip("\r\n")
    except FileNotFoundError as error:
        raise BadInput(f"there is no {path}; check the path", f"找不到 {path}；请检查路径") from error
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise BadInput(
            f"{path} can't be read ({error}); give it as UTF-8, plain or gzipped",
            f"无法读取 {path}（{error}）；请提供 UTF-8 文本或其 gzip 压缩文件",
        ) from error


def read_jsonl(path: Path, model: type[Model]) -> Iterator[Model]:
    """The records of a JSON Lines file. Raises `BadInput` naming the line."""
    for where, line in lines(path):
        yield parse(model, line, where)


def read_json(path: Path, model: type[Model]) -> Model:
    """The record that a whole file is. Raises `BadInput` naming the place in it."""
    return parse(model, "\n".join(line for _, line in lines(path)), str(path))


def parse(model: type[Model], given: str | Mapping[str, object], where: str) -> Model:
    """A record from JSON or from its fields. Raises `BadInput` that begins with `where`."""
    try:
        return model.model_validate_json(given) if isinstance(given, str) else model.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise bad(where, f"{'.'.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ")) from error


def bad(where: str, what: str) -> BadInput:
    """An error about the record at a place."""
    return BadInput(
        f"{where}: this is no record of a retrieval set ({what}); docs/evaluation.md describes the forms",
        f"{where}：不是有效的检索评测记录（{what}）；格式说明见 docs/evaluation.md",
    )


def digest(*files: Path) -> str:
    """The SHA-256 of files' bytes, in order."""
    together = hashlib.sha256()
    for path in files:
        together.update(path.read_bytes())
    return together.hexdigest()

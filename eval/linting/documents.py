"""The documents that a set names, read for the linter by the product's readers. Only those are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from assistant.wiring import sample_files
from corpus.errors import BadInput, TooLarge, UnreadableFile, YijuError
from corpus.readers import read
from eval.measures.retrieval import same_source
from eval.questions import normal
from indexing.ingest import find_files, read_bytes


@dataclass(frozen=True, slots=True)
class Named:
    """What the documents of a name say, each text in the normal form; or the `problem` that there are none."""

    texts: tuple[str, ...] = ()
    problem: YijuError | None = None

    def says(self, quote: str) -> bool:
        """Whether one of them says the words."""
        form = normal(quote)
        return any(form in text for text in self.texts)

    def around(self, quote: str, reach: int) -> Iterator[str]:
        """Each place of the words with `reach` characters before and after."""
        form = normal(quote)
        for text in self.texts if form else ():
            at = text.find(form)
            while at >= 0:
                yield text[max(0, at - reach) : at + len(form) + reach]
                at = text.find(form, at + 1)


def documents(sources: Iterable[str], corpus: Path | None, most_bytes: int = 2**31) -> dict[str, Named]:
    """The documents of each source, of a folder or (None) of the samples; no file larger than `most_bytes` is
    read. Raises `BadInput` where there is no such folder."""
    files: dict[str, Callable[[], bytes]]
    if corpus is None:
        files = {name: partial(bytes, data) for name, data in sample_files()}
    elif corpus.is_dir():
        files = {path.as_posix(): partial(read_bytes, path, most_bytes) for path in find_files([corpus])}
    else:
        raise BadInput(
            f"there is no folder {corpus}; name the folder of the set's documents with --corpus",
            f"没有文件夹 {corpus}；请用 --corpus 指定评测集所针对的文件夹",
        )
    called: dict[str, list[str]] = defaultdict(list)
    for path in files:
        called[PurePosixPath(path).name].append(path)
    named = {}
    for source in dict.fromkeys(sources):
        name = PurePosixPath(unquote(source).replace("\\", "/").replace(":", "/")).name
        paths = [path for path in called[name] if same_source(path, source)]
        named[source] = _named(source, {path: files[path] for path in paths})
    return named


def _named(source: str, files: Mapping[str, Callable[[], bytes]]) -> Named:
    texts: list[str] = []
    problem: YijuError = BadInput(
        f"there is no document {source}; is --corpus the folder of this set's documents?",
        f"没有文件 {source}；--corpus 是否为该评测集的文件夹？",
    )
    for path, load in files.items():
        try:
            texts.append(normal(read(load(), uri=path, source=PurePosixPath(path).name).text))
        except (UnreadableFile, TooLarge) as error:
            problem = BadInput(f"{source} can't be read: {error.en}", f"无法读取 {source}：{error.zh}")
    return Named(tuple(texts), None if texts else problem)

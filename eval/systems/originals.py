"""Whether quotes stand in the documents that they are said to be from, for systems that give no offsets."""

from __future__ import annotations

from functools import lru_cache

from assistant.core import Assistant
from eval.measures.retrieval import same_source
from eval.questions import GoldQuestion, normal
from eval.systems.base import Response, System


class Originals:
    """The documents of an index, by the names that systems may call them."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._named = [(d.id, d.source, d.uri, normal(d.title)) for d in assistant.documents()]
        self._text = lru_cache(64)(lambda known: assistant.document(known).text)

    def hold(self, source: str, quote: str) -> bool:
        """Whether a quote stands, exactly as it is, in a document that `source` names: by its file (with any
        part of its path), its address, or its title. A name that no document has holds nothing; a quote
        without a name may be from any."""
        wanted = normal(source)
        known = [
            id_
            for id_, file, uri, title in self._named
            if not wanted or same_source(source, file) or source == uri or wanted in (title, f"《{title}》")
        ]
        return bool(quote.strip()) and any(quote.strip() in self._text(id_) for id_ in known)

    def check(self, response: Response) -> Response:
        """The response, each of its citations looked up."""
        cited = tuple(c.model_copy(update={"resolves": self.hold(c.source, c.quote)}) for c in response.cited)
        return response.model_copy(update={"cited": cited})


class Checked:
    """A system whose quotes are looked up."""

    def __init__(self, system: System, originals: Originals) -> None:
        self.name = system.name
        self._system = system
        self._originals = originals

    def ask(self, gold: GoldQuestion) -> Response:
        return self._originals.check(self._system.ask(gold))

    def close(self) -> None:
        """Nothing to close: the system is its owner's."""

"""The documents that were read last, kept within a number of characters. It does not know where they come from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from corpus.document import Document


class Recent:
    """Keeps documents of `most` characters together: those of their rows, which say better than a number of
    documents how much memory they take. What was asked for longest ago goes first; a document that is larger by
    itself is not kept. Threads may share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[Document, int]] = OrderedDict()
        self._characters = 0
        self.age = 0

    def among(self, document_ids: Iterable[str]) -> dict[str, Document]:
        """Those of these that are kept."""
        with self._lock:
            found = {key: self._kept[key][0] for key in document_ids if key in self._kept}
            for key in found:
                self._kept.move_to_end(key)
        return found

    def keep(self, documents: Mapping[str, tuple[Document, int]], age: int) -> None:
        """Keeps documents with their characters, unless all was forgotten since `age`, when they were read."""
        with self._lock:
            if age != self.age:
                return
            for key, (document, characters) in documents.items():
                if key not in self._kept and characters <= self._most:
                    self._kept[key] = (document, characters)
                    self._characters += characters
            while self._characters > self._most:
                self._characters -= self._kept.popitem(last=False)[1][1]

    def forget(self) -> None:
        """Forgets all."""
        with self._lock:
            self.age += 1
            self._kept.clear()
            self._characters = 0

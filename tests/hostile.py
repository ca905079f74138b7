"""Readers that misbehave as the file tells them to, for a reader process: nothing here imports the tests."""

from __future__ import annotations

import os
import re
import signal
import sys
import time

from corpus.document import Document
from corpus.errors import UnreadableFile
from corpus.readers import read

HEAVY = {"fastapi", "gradio", "qdrant_client", "qdrant_edge", "rich", "sqlalchemy", "torch", "typer"}
# Files that are larger than this are read in a process of their own.
PADDING = "\n" + " " * 70_000


def hostile(data: bytes, *, uri: str, source: str, origin: str = "own") -> Document:
    """Does what the first word of a file says, and reads any other."""
    match data.split(maxsplit=1)[0]:
        case b"loop":
            while True:
                pass
        case b"sleep":
            time.sleep(60)
        case b"backtrack":  # holds the interpreter, so that no other thread runs
            re.match("(a+)+$", "a" * 60 + "b")
        case b"hog":
            pages = []
            while True:
                pages.append(bytes(2**24))
        case b"killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"exit":
            os._exit(3)
        case b"fault":
            return [][len(data)]
        case b"deep":
            return hostile(data, uri=uri, source=source)
        case b"print":
            os.write(1, b"words on a page " * 10_000)
            sys.stdout.write("more words\n")
        case b"modules":
            found = ", ".join(sorted(HEAVY & set(sys.modules))) or "none"
            raise UnreadableFile(f"heavy modules: {found}", "模块")
    return read(data, uri=uri, source=source, origin=origin)

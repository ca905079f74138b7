"""Facts about embedding models that their files or endpoints don't always tell: what is put before a text, whether
a vector may be shortened, how many tokens are read.

The prompts of e5-instruct, bge (zh, en), Qwen3-Embedding and embeddinggemma are those of the models' own cards (Hugging
Face, looked up 2026-11); the other rows are general knowledge. A prompt that a model's files hold wins over the one
here. A model that is not here gets no prompt. No model here or elsewhere is allowed to run code
that comes with its files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

# "Web search query" is the task that both families were trained on; they want English instructions.
_TASK = "Instruct: Given a web search query, retrieve relevant passages that answer the query\n"


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Facts about the models whose name fits `pattern` (as of a shell, lower case, without the owner).

    `question` and `passage` are put before a text. `matryoshka`: whether the first part of a vector is a vector,
    too (Kusupati et al. 2022, "Matryoshka Representation Learning"); None where nobody says. `window`: tokens.
    """

    pattern: str
    question: str = ""
    passage: str = ""
    matryoshka: bool | None = None
    window: int | None = None


# The first that fits counts.
_ROWS = (
    ModelFacts("multilingual-e5-*-instruct*", f"{_TASK}Query: ", "", False, 512),
    ModelFacts("multilingual-e5-*", "query: ", "passage: ", False, 512),
    ModelFacts("e5-small*", "query: ", "passage: ", False, 512),
    ModelFacts("e5-base*", "query: ", "passage: ", False, 512),
    ModelFacts("e5-large*", "query: ", "passage: ", False, 512),
    ModelFacts("bge-m3*", "", "", False, 8192),
    ModelFacts("bge-*-zh-v1.5*", "为这个句子生成表示以用于检索相关文章：", "", False, 512),
    ModelFacts("bge-*-en-v1.5*", "Represent this sentence for searching relevant passages: ", "", False, 512),
    # No blank after this one's "Query:".
    ModelFacts("qwen3-embedding*", f"{_TASK}Query:", "", True, 32768),
    ModelFacts("gte-multilingual-base*", "", "", True, 8192),
    ModelFacts("paraphrase-multilingual-*", "", "", False, 128),
    ModelFacts("embeddinggemma*", "task: search result | query: ", "title: none | text: ", True, 2048),
    ModelFacts("text-embedding-3-*", "", "", True, 8191),
    ModelFacts("text-embedding-ada-002*", "", "", False, 8191),
)
_UNKNOWN = ModelFacts("*")


def facts_of(name: str) -> ModelFacts:
    """The facts about a model by its name (`owner/name`, `name:tag`) or folder, also one in the hub's cache
    (`…/models--owner--name/snapshots/…`)."""
    parts = re.split(r"[\\/]", name.rstrip("\\/"))
    cached = [part for part in parts if part.startswith("models--")]
    own = (cached or parts)[-1].split("--")[-1].lower()
    return next((row for row in _ROWS if fnmatchcase(own, row.pattern)), _UNKNOWN)

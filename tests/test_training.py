"""How the built-in model is made, from beginning to end on a few sentences of our own, in seconds."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the extra models")
sentence_transformers = pytest.importorskip("sentence_transformers", reason="training needs the extra models")

from indexing.embed_static import StaticEmbedder  # noqa: E402
from training import start  # noqa: E402
from training.dictionary import make_dictionary  # noqa: E402
from training.export import export  # noqa: E402
from training.learn import Plan, learn  # noqa: E402
from training.start import make_start  # noqa: E402
from training.texts import pairs  # noqa: E402
from training.tokens import make_tokens, read_tokens  # noqa: E402
from training.vocabulary import make_tokeniser  # noqa: E402

PLACES = {
    "图书馆": "library",
    "食堂": "canteen",
    "码头": "harbour",
    "车站": "station",
    "医院": "hospital",
    "学校": "school",
}
DEEDS = {"开放": "opens", "关闭": "closes", "收费": "charges", "搬迁": "moves", "招聘": "recruits"}
DAYS = {"星期一": "monday", "星期五": "friday"}
SENTENCES = [
    (f"{place}{day}{deed}", f"the {PLACES[place]} {DEEDS[deed]} on {DAYS[day]}")
    for place, deed, day in product(PLACES, DEEDS, DAYS)
]


class Teacher:
    """An encoder that gives every text a direction of its own, the same every time."""

    def __init__(self, _folder: str) -> None:
        pass

    def encode(self, texts: Sequence[str], **_: object) -> np.ndarray:
        drawn = [np.random.default_rng(zlib.crc32(text.encode())).normal(size=32) for text in texts]
        return np.stack([vector / np.linalg.norm(vector) for vector in drawn])


def write(path: Path, rows: Sequence[object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    words = [{"zh": zh, "en": en} for zh, en in (PLACES | DEEDS | DAYS).items()]
    translated = [{"zh": zh, "en": en} for zh, en in SENTENCES]
    three = [SENTENCES[i : i + 3] for i in range(0, len(SENTENCES), 3)]
    sections = [("。".join(zh for zh, _ in some) + "。", ". ".join(en for _, en in some) + ".") for some in three]
    write(folder / "pairs" / "cedict.jsonl.gz", words)
    write(folder / "pairs" / "notices.jsonl.gz", translated)
    write(
        folder / "pairs" / "tw_law.jsonl.gz",
        [{"zh": f"依照规定，{zh}，另行通知；特此公告周知。", "en": en} for zh, en in sections],
    )
    headings = [{"hz": zh[:3], "he": en.split()[1], "pz": zh, "pe": en} for zh, en in sections]
    write(folder / "questions" / "headings.jsonl.gz", headings)
    asked = [{"p": en, "q": [f"when does the {en.split()[1]} do so", "on what day"]} for _, en in SENTENCES]
    write(folder / "questions" / "squad_train.jsonl.gz", asked)
    return folder


@pytest.fixture(scope="module")
def made(data: Path, tmp_path_factory: pytest.TempPathFactory) -> StaticEmbedder:
    work = tmp_path_factory.mktemp("work")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentence_transformers, "SentenceTransformer", Teacher)
        patch.setattr(start, "DIMENSION", 16)
        make_tokeniser(data, work)
        make_start(data, work, Path("teacher"))
    make_tokens(data, work)
    make_dictionary(work)
    learn(work, Plan(minutes=2 / 60, batch=48, late=20))
    export(work, work / "model")
    return StaticEmbedder(work / "model")


def test_both_sides_of_a_pair_are_nearer_to_each_other_than_to_most_others(made: StaticEmbedder) -> None:
    cosines = made.embed_passages([zh for zh, _ in SENTENCES]) @ made.embed_passages([en for _, en in SENTENCES]).T
    ranks = (cosines > np.diag(cosines)[:, None] + 1e-6).sum(axis=1)
    assert np.median(ranks) == 0, "by chance it would be half of sixty"
    assert (ranks < 6).mean() > 0.9


def test_the_dictionary_has_what_the_sentences_translate(made: StaticEmbedder) -> None:
    for here, there in PLACES.items():
        assert made.translations(here)[0].into == there
        assert made.translations(there)[0].into == here
    sure = min(made.translations(place)[0].weight for place in PLACES)
    assert all(found.weight < sure / 2 for found in made.translations("the on")), "these go with everything"


def test_a_word_of_the_vocabulary_is_one_token_and_an_unknown_sign_is_none(made: StaticEmbedder) -> None:
    assert len(made.tokens(("图书馆",))[0]) == len(made.tokens(("library",))[0]) == 1
    assert not made.embed_question("☃").any()


def test_the_tokens_of_a_text_are_kept_pair_by_pair(data: Path, tmp_path: Path) -> None:
    make_tokeniser(data, tmp_path)
    make_tokens(data, tmp_path)
    chinese, english = read_tokens(tmp_path)["notices"]
    assert len(chinese) == len(english) == len(SENTENCES)
    assert [len(ids) for ids in chinese.take([0, 1], 2)] == [2, 2]


def test_a_sentence_that_is_asked_for_is_not_in_its_own_text(data: Path) -> None:
    made = dict(pairs(data))
    taken, rest = next(made["cloze_sections"])
    assert taken
    assert rest
    assert taken not in rest

"""The model that comes with the program: what it costs, and that each language finds the other."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.normalizers import Sequence as Steps

from assistant.wiring import Workplace
from conftest import add
from corpus.errors import BadSetting
from indexing.embed_static import BUILTIN_FOLDER, StaticEmbedder
from indexing.embedders import load_embedder
from indexing.static_files import PIECES, TOKENISER
from indexing.unigram import read_unigram, write_unigram

NOTES = {
    "library.md": "# 图书馆规则\n\n读者每次最多可以借阅五本图书，借期为三十天。\n",
    "parking.md": "# 停车管理\n\n来访车辆须在东门登记，停车每小时收费四元。\n",
    "canteen.md": "# 食堂须知\n\n午餐从十一点半开始供应，周末不营业。\n",
    "pool.md": "# Swimming pool\n\nChildren under ten must be accompanied by an adult in the water.\n",
    "bicycle.md": "# Bicycles\n\nBicycles may be repaired free of charge in the workshop behind the station.\n",
    "waste.md": "# Waste\n\nGlass and paper are collected every second Tuesday of the month.\n",
}
_LOAD = """
import json, sys
from indexing.embedders import load_embedder
embedder = load_embedder("builtin")
shape = embedder.embed_question("哪里 where").shape
print(json.dumps([embedder.dimension, shape, sorted({"torch", "tokenizers", "safetensors"} & set(sys.modules))]))
"""


@pytest.fixture(scope="module")
def builtin() -> StaticEmbedder:
    found = load_embedder("builtin")
    assert isinstance(found, StaticEmbedder)
    return found


def test_a_question_needs_no_slow_library_and_the_model_is_no_larger_than_promised() -> None:
    root = BUILTIN_FOLDER.parent.parent
    done = subprocess.run([sys.executable, "-c", _LOAD], capture_output=True, text=True, check=True, cwd=root)
    assert json.loads(done.stdout) == [256, [256], []]
    assert sum(file.stat().st_size for file in BUILTIN_FOLDER.iterdir()) <= 20 * 2**20


def test_pieces_are_written_from_the_tokeniser_and_damaged_ones_are_refused(tmp_path: Path) -> None:
    write_unigram(BUILTIN_FOLDER / TOKENISER, tmp_path / PIECES)
    assert (tmp_path / PIECES).read_bytes() == (BUILTIN_FOLDER / PIECES).read_bytes()
    for file in BUILTIN_FOLDER.iterdir():
        if file.name != PIECES:
            (tmp_path / file.name).symlink_to(file)
    for damaged in ("", "[]", '{"pieces": "a\\nb", "beginnings": "", "thousandths": [-1]}'):
        (tmp_path / PIECES).write_text(damaged)
        with pytest.raises(BadSetting, match=PIECES):
            StaticEmbedder(tmp_path)


def test_a_few_texts_have_the_tokens_that_the_tokenizers_library_gives_them() -> None:
    library = Tokenizer.from_file(str(BUILTIN_FOLDER / TOKENISER))
    library.normalizer = Steps([])
    library.enable_truncation(40)
    ours = read_unigram(BUILTIN_FOLDER / PIECES)
    assert list(ours.pieces) == [library.id_to_token(i) for i in range(library.get_vocab_size())]
    chance = random.Random(5)
    odd = [
        "a",
        "ing",
        " ",
        "\x1c",
        "\n",
        "\u3000",
        "\x85",
        "😀",
        "中",
        "港口",
        "管理办法",
        "<unk>",
        "\0",
        "1",
        "。",
        "한",
    ]
    for _ in range(2000):
        parts = (chance.choice(odd if chance.random() < 0.6 else ours.pieces) for _ in range(chance.randrange(50)))
        text = "".join(parts)
        assert ours.tokens(text, 40) == library.encode(text, add_special_tokens=False).ids, ascii(text)


def test_one_text_by_itself_has_the_vector_that_it_has_among_many(builtin: StaticEmbedder) -> None:
    texts = [f"{note} {i}" for i in range(3) for note in NOTES.values()]
    alone = np.stack([builtin.embed_question(text) for text in texts])
    assert np.array_equal(builtin.embed_passages(texts), alone)


def test_traditional_and_simplified_characters_have_one_vector(builtin: StaticEmbedder) -> None:
    assert np.array_equal(builtin.embed_question("圖書館開放時間"), builtin.embed_question("图书馆开放时间"))
    assert np.array_equal(builtin.embed_question("ＩＳＯ 標準"), builtin.embed_question("iso 标准"))


def test_a_question_takes_less_than_a_millisecond(builtin: StaticEmbedder) -> None:
    times = []
    for _ in range(50):
        began = time.thread_time()
        builtin.embed_question("停车每小时收费多少元？ How much is parking per hour?")
        times.append(time.thread_time() - began)
    assert sorted(times)[25] < 1e-3


def test_a_word_is_translated_both_ways(builtin: StaticEmbedder) -> None:
    assert "library" in {found.into for found in builtin.translations("图书馆")}
    assert "图书馆" in {found.into for found in builtin.translations("library")}
    assert all(0 < found.weight <= 1 for found in builtin.translations("图书馆 library"))


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("How many books can a reader borrow?", "library.md"),
        ("Where must visiting vehicles register for parking?", "parking.md"),
        ("When is lunch served?", "canteen.md"),
        ("多大的儿童游泳须由成人陪同？", "pool.md"),
        ("自行车在哪里可以免费修理？", "bicycle.md"),
        ("玻璃和纸张什么时候回收？", "waste.md"),
    ],
)
def test_a_question_in_one_language_finds_its_passage_in_the_other(
    workplace: Callable[..., Workplace], question: str, source: str
) -> None:
    place = workplace()
    for name, text in NOTES.items():
        add(place, text, name)
    assert place.assistant.search(question, top_k=3)[0].source == source


def test_the_command_finds_across_languages(tmp_path: Path) -> None:
    for name, text in NOTES.items():
        (tmp_path / name).write_text(text, "utf-8")
    command = [sys.executable, "-m", "assistant"]
    root = BUILTIN_FOLDER.parent.parent
    environment = {"YIJU_DATA": str(tmp_path / "data"), "PYTHONPATH": str(root), "PATH": "", "LANG": "C.UTF-8"}

    def yiju(*arguments: str) -> str:
        done = subprocess.run(
            [*command, *arguments], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
        )
        return done.stdout

    yiju("ingest", *NOTES)
    hits = json.loads(yiju("search", "How many books can a reader borrow?", "--json"))
    assert (hits["hits"] if isinstance(hits, dict) else hits)[0]["source"] == "library.md"

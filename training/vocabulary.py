"""The tokeniser: a Unigram model (Kudo 2018, "Subword Regularization") whose scores are counts, without the EM
training that takes hours on two cores.

English words as they are and pieces of words (BPE), Chinese words of the dictionary and single characters, digits.
Text is folded first (`indexing.tokeniser.fold`), so only simplified characters and lower case occur.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from indexing.tokeniser import fold
from training.texts import every, rows

ENGLISH_WORDS, PIECES, CHINESE_WORDS, CHARACTERS = 26_000, 14_000, 26_000, 7_500
_HAN, _LATIN = re.compile("[一-鿿]+"), re.compile("[a-z]+")
_MARKS = ".,;:!?()[]{}<>/\\-_'\"%&+*=#@~^|$。、，；：？！（）《》“”‘’〔〕【】…—·"
_LONGEST_CHINESE, _LONGEST_ENGLISH = 6, 24
# In nats: a piece or a lone letter is dearer than a word, so that known words stay whole.
_PIECE, _LETTER, _CHARACTER, _UNKNOWN = 3.0, 3.0, 1.5, -25.0


def make_tokeniser(data: Path, work: Path) -> None:
    """Writes `tokenizer.json` and `counts.json` (each token's occurrences in the texts) to `work`."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    english, runs = Counter[str](), Counter[str]()
    for text in map(fold, every(data)):
        english.update(_LATIN.findall(text))
        runs.update(_HAN.findall(text))
    chinese, characters = _chinese(runs, data)
    words = dict(english.most_common(ENGLISH_WORDS))
    pieces = _pieces(english)
    counts = {word: n for word, n in words.items() if len(word) <= _LONGEST_ENGLISH}
    for piece in (*pieces, *"abcdefghijklmnopqrstuvwxyz"):
        counts.setdefault(piece, max(1, english[piece]))
    counts |= dict(chinese.most_common(CHINESE_WORDS)) | dict(characters.most_common(CHARACTERS))
    counts |= dict.fromkeys("0123456789", 50_000) | {fold(mark)[0]: 1_000 for mark in _MARKS}
    total = sum(counts.values())

    def score(token: str) -> float:
        value = math.log(counts[token] / total)
        if len(token) == 1 and token.isalpha():
            return value - (_LETTER if token.isascii() else _CHARACTER)
        return value - (_PIECE if token in pieces and token not in words else 0)

    scored = sorted(((token, round(score(token), 3)) for token in counts), key=lambda pair: (-pair[1], pair[0]))
    tokeniser = Tokenizer(models.Unigram([("<unk>", _UNKNOWN), *scored], unk_id=0, byte_fallback=False))
    tokeniser.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokeniser.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokeniser.save(str(work / "tokenizer.json"), pretty=False)
    (work / "counts.json").write_text(json.dumps(counts, ensure_ascii=False), "utf-8")


def _chinese(runs: Counter[str], data: Path) -> tuple[Counter[str], Counter[str]]:
    """How often each word of the dictionary occurs, by longest match from the left, and each character."""
    entries = (fold(row["zh"]) for row in rows(data / "pairs" / "cedict.jsonl.gz"))
    known = {word for word in entries if _HAN.fullmatch(word) and 2 <= len(word) <= _LONGEST_CHINESE}
    words, characters = Counter[str](), Counter[str]()
    for run, times in runs.items():
        for character in run:
            characters[character] += times
        place = 0
        while place < len(run):
            lengths = range(min(_LONGEST_CHINESE, len(run) - place), 1, -1)
            length = next((n for n in lengths if run[place : place + n] in known), 1)
            if length > 1:
                words[run[place : place + length]] += times
            place += length
    return words, characters


def _pieces(english: Counter[str]) -> set[str]:
    """Pieces of English words, by BPE over the words with their frequencies dampened."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    def stream() -> Iterator[str]:
        for word, times in english.items():
            for _ in range(min(60, 1 + times // 20) if times > 3 else 0):
                yield word

    tokeniser = Tokenizer(models.BPE())
    tokeniser.pre_tokenizer = pre_tokenizers.Whitespace()
    tokeniser.train_from_iterator(stream(), trainers.BpeTrainer(vocab_size=PIECES, show_progress=False))
    return set(tokeniser.get_vocab())

"""Whether words deny a sentence: what they say most like it says it with a negation more or less, with the
opposite word (高于, 低于; before, after), or with another number in the number's place. Deterministic, no model.

Words are compared as they stand, never by meaning: of antonyms it knows a short list, and a denial in words of
its own is not noticed. It errs towards silence: a sentence that nothing resembles is not denied.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby

from assistant.checking.numerals import CHINESE_NUMBER, value_of
from assistant.checking.pieces import clauses_of, sentences_of
from assistant.checking.rows import places_of, words_of
from indexing.tokeniser import stem

# The share of a sentence's words, its numbers left out, that a likeness must have.
FRAME = 0.7
# A likeness in which more than this share of the words is lacking, against the best one, is not heard.
_NEARLY = 0.05
# The share of its words, in pairs of characters, that a sentence must have to be looked at more closely.
_GLANCE = 0.2

# Words with a negation in them that negate nothing, or twice.
_NO_NEGATION = (
    r"不断|不仅|不但|不只|不光|不同|不久|不论|不管|不过|不动产|不锈钢|不得不|未来|无论|无人|无线|无数|无锡|无障碍|"
    r"无形|非常|非洲|除非|非但|\bnot only\b|\bno\.?(?=\s*\d)|\bno matter\b"
)
_NEGATION = r"没有|不|未|没|无|非|勿|莫|禁止|严禁|\b(?:not|no|never|none|neither|nor|without)\b"
NEGATION = re.compile(_NEGATION)
_SHORT_NOT = re.compile(r"\bcannot\b|(?:\b(?:ca|wo|sha))?n['’]t\b")
# What may stand between a negation and the word it negates.
_AFTER_NEGATION = frozenset("应得能可须会宜准许被是有当")
_EMPTY = (
    r"应当|必须|可以|[的了为是]|\b(?:always|do|does|did|can|could|may|might|must|shall|should|will|would|has|have|had|is|are|was|were|be|been|"
    r"any|a|an|the|of|to|for|by|in|on|at|and|or|as|with|from|it|its|that|this|these|those)\b"
)
# Words and their opposites. One is read as the other negated, so that 不低于 is 高于.
_OPPOSITES = (
    ("增加|增长|增多|上升|\\bincreas(?:e|es|ed|ing)\\b", "减少|下降|缩减|\\bdecreas(?:e|es|ed|ing)\\b"),
    ("提高|提升", "降低"), (r"\brais(?:e|es|ed|ing)\b", r"\breduc(?:e|es|ed|ing)\b|\blower(?:s|ed|ing)\b"),
    ("扩大", "缩小"), ("加快", "放缓|减慢"), ("加强|增强", "削弱|减弱"), ("提前", "推迟|延后"), ("支持|赞成", "反对"),
    ("同意|批准", "拒绝|驳回"), ("公开", "保密"), ("开放", "关闭"), ("强制(?:性)?", "自愿(?:性)?|推荐性"),
    ("国内", "国外|境外"),
    ("高于|大于|多于|超过|更高|更多", "低于|小于|少于|不足(?=\\s*\\d)|更低|更少"), ("以上", "以下"),
    ("最高|最大|最多|至多", "最低|最小|最少|至少"),
    ("(?:之|以)?前(?=[,，。 完成建实达发制举提]|$)|早于", "(?:之|以)?后(?=[,，。 完成建实达发制举提]|$)|晚于"),
    ("上限", "下限"), ("首先", "最后"),
    (r"\bmore\b|\bhigher\b|\bgreater\b", r"\bless\b|\bfewer\b|\blower\b"), (r"\bbefore\b", r"\bafter\b"),
    (r"\babove\b|\bover\b", r"\bbelow\b|\bunder\b"), (r"\bat least\b|\bminimum\b", r"\bat most\b|\bmaximum\b"),
    (r"\bopens?\b", r"\bclose[sd]?\b|\bshut\b"), (r"\bmandatory\b|\brequired\b", r"\bvoluntary\b|\boptional\b"),
    (r"\ballow(?:s|ed)?\b|\bpermit(?:s|ted)?\b", r"\bforbid(?:s|den)?\b|\bprohibit(?:s|ed)?\b|\bban(?:s|ned)?\b"),
    (r"\baccept(?:s|ed)?\b|\bapprov(?:e|es|ed)\b", r"\breject(?:s|ed)?\b|\brefus(?:e|es|ed)\b"),
    (r"\bpublic\b", r"\bconfidential\b|\bprivate\b"), (r"\bfirst\b", r"\blast\b"), (r"\bearlier\b", r"\blater\b"),
)  # fmt: skip
# Whether a text may have a word that negates or is read as one negated, whatever stands behind it.
_MAY_TURN = re.compile(
    "|".join((_NEGATION, r"n['’]t\b|\bcannot\b", *(re.sub(r"\(\?=[^()]*\)", "", down) for _, down in _OPPOSITES)))
)
# Words of a clause that is held against another by itself, at least.
_CLAUSE = 3
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)-0?(1[0-2]|[1-9])(?:-0?([12]\d|3[01]|[1-9]))?(?![\d-])")
_PAUSES = frozenset(",，、;；:：|\n()（）")
_TOKEN = r"[,，、;；:：|\n()（）]|\d+(?:[.,]\d+)*%?|[a-z]+(?:['’][a-z]+)?|[^\W\d_]"
_PART = re.compile(
    "|".join(
        (
            f"(?P<whole>{_NO_NEGATION})",
            f"(?P<negation>{_NEGATION})",
            *(f"(?P<up{i}>{up})|(?P<down{i}>{down})" for i, (up, down) in enumerate(_OPPOSITES)),
            f"(?P<empty>{_EMPTY})",
            f"(?P<token>{_TOKEN})",
        )
    )
)


@dataclass(frozen=True, slots=True)
class _Words:
    """The content words of a sentence in order, the clause of each, and whether it is negated."""

    words: tuple[str, ...]
    clauses: tuple[int, ...]
    negated: tuple[bool, ...]

    @property
    def frame(self) -> Counter[str]:
        """The words but numbers, with how often each is said."""
        return _frame(self.words)

    def each_clause(self) -> Iterator[_Words]:
        for _, places in groupby(range(len(self.words)), key=lambda place: self.clauses[place]):
            at = list(places)
            span = slice(at[0], at[-1] + 1)
            yield _Words(self.words[span], self.clauses[span], self.negated[span])


def denies(cited: str, sentence: str, around: str = "") -> bool:
    """Whether `cited` denies `sentence` or a part of it that could stand alone: all that is most like it does.
    All are folded (`tokeniser.fold`). Words that stand only in what is `around`, such as the heads of a table's
    columns, need not be said."""
    above = frozenset(word for word in _words(around).words if word not in cited)
    return any(_denies(cited, part, above) for part in sentences_of(sentence))


def negates(text: str) -> bool:
    """Whether a text says something by a negation. 不少于 and the like are a direction, and none."""
    words = _words(text)
    return any(negated and word[0] != "±" for word, negated in zip(words.words, words.negated, strict=True))


def _denies(cited: str, sentence: str, above: frozenset[str]) -> bool:
    said = _words(sentence)
    wanted = Counter({word: n for word, n in said.frame.items() if word not in above}) or said.frame
    if not wanted:
        return False
    likenesses: list[tuple[float, _Words]] = []
    for words in map(_words, _near(sentence, cited)):
        share = (wanted & words.frame).total() / wanted.total()
        if share >= FRAME:
            likenesses.append((share, words))
    best = max((share for share, _ in likenesses), default=0.0)
    near = [words for share, words in likenesses if share >= best - _NEARLY]
    if near and all(_denied(said, words) for words in near):
        return True
    parts = [sentence[start:end] for start, end in clauses_of(sentence)]
    return any(_clause_denied(part, cited) for part in parts)


def _clause_denied(part: str, text: str) -> bool:
    """Whether the clauses most like one, in whatever sentence they stand, turn it round."""
    near_it = _near(part, text)
    # Where nothing is negated, nothing is turned round; most clauses are told so at a glance.
    if not any(_MAY_TURN.search(each) for each in (part, *near_it)):
        return False
    said, cited = _words(part), [_words(each) for each in near_it]
    wanted, size = said.frame, said.frame.total()
    if size < _CLAUSE:
        return False
    likenesses = [
        (share, clause)
        for sentence in cited
        for clause in sentence.each_clause()
        if FRAME * size <= len(clause.words) <= size / FRAME
        and (share := (wanted & clause.frame).total() / size) >= FRAME
    ]
    best = max((share for share, _ in likenesses), default=0.0)
    near = [clause for share, clause in likenesses if share >= best - _NEARLY]
    return bool(near) and all(_turned(said, clause) for clause in near)


def _near(sentence: str, cited: str) -> list[str]:
    """The sentences of what is cited that may be like one."""
    words = words_of(sentence)
    enough = _GLANCE * len(words)
    known = zip(sentences_of(cited), places_of(cited), strict=True)
    return [other for other, place in known if len(words & place.words) >= enough]


def _denied(said: _Words, cited: _Words) -> bool:
    if _turned(said, cited):
        return True
    matcher = SequenceMatcher(None, said.words, cited.words, autojunk=False)
    return any(
        tag == "replace"
        and len(other := _numbers(cited, k, m)) == 1
        and len(own := _numbers(said, i, j)) == 1
        and _differ(own[0], other[0])
        and own[0] not in cited.words
        and other[0] not in said.words
        for tag, i, j, k, m in matcher.get_opcodes()
    )


def _turned(said: _Words, cited: _Words) -> bool:
    """Whether one has a negation more, or an opposite, of what both say in the same order."""
    if not any(said.negated) and not any(cited.negated):
        return False
    matcher = SequenceMatcher(None, said.words, cited.words, autojunk=False)
    pairs = [(a + i, b + i) for a, b, size in matcher.get_matching_blocks() for i in range(size)]
    ours = _negations(said, [a for a, _ in pairs])
    theirs = _negations(cited, [b for _, b in pairs])
    return (ours - theirs) % 2 == 1


def _negations(words: _Words, matched: list[int]) -> int:
    """How many matched words are negated, in the clauses of which half or more is matched."""
    size = Counter(words.clauses)
    held = Counter(words.clauses[i] for i in matched)
    return sum(words.negated[i] for i in matched if 2 * held[words.clauses[i]] >= size[words.clauses[i]])


def _numbers(words: _Words, start: int, end: int) -> list[str]:
    return [word for word in words.words[start:end] if word[0].isdigit()]


def _differ(one: str, other: str) -> bool:
    """Whether numbers differ otherwise than by rounding off the end."""
    return not one.startswith(other) and not other.startswith(one)


@lru_cache(maxsize=8000)
def _words(sentence: str) -> _Words:
    sentence = re.sub(r"百分之(\d[\d.]*)", r"\1%", _DATE.sub(_in_chinese, sentence))
    text = CHINESE_NUMBER.sub(lambda match: str(value_of(match[0])), _SHORT_NOT.sub(" not", sentence))
    read = list(_read(text))
    return _Words(*(tuple(column) for column in zip(*read, strict=True))) if read else _Words((), (), ())


def _read(text: str) -> Iterator[tuple[str, int, bool]]:
    """Every content word with its clause, and whether an odd number of negations stands before it."""
    clause, negated = 0, False
    for match in _PART.finditer(text):
        part, kind = match[0], match.lastgroup or ""
        if kind == "negation":
            negated = not negated
        elif kind.startswith(("up", "down")):
            yield f"±{kind.lstrip('updown')}", clause, negated != kind.startswith("down")
            negated = False
        elif part in _PAUSES:
            clause, negated = clause + 1, negated and part in ":："
        elif kind != "empty" and not (negated and part in _AFTER_NEGATION):
            yield _form(part), clause, negated
            negated = False


def _in_chinese(date: re.Match[str]) -> str:
    return f"{date[1]}年{date[2]}月" + (f"{date[3]}日" if date[3] else "")


@lru_cache(maxsize=20_000)
def _frame(words: tuple[str, ...]) -> Counter[str]:
    return Counter(word for word in words if not word[0].isdigit())


def _form(token: str) -> str:
    if token[0].isdigit():
        return token.replace(",", "")
    return stem(token) if token.isascii() else token

"""What an answer says, held against the gold nuggets. Without a model only strings are compared, never meanings:
an answer that says a nugget in words that no alternative foresees loses it, and one that says it in a wrong
connection has it.

- **nuggets**: the share of nuggets of which an alternative occurs (all; the vital ones), as TREC's
  AutoNuggetizer scores "all" and "vital", with string alternatives in the judge's place.
  Pradeep et al. 2024, "Initial Nugget Evaluation Results for the TREC 2024 RAG Track", arXiv:2411.09607.
- **nuggets by a model**: the same share as the run's support function judges it, where that is a model.
- **value**: for a number, a date or an identifier the value itself must occur, not merely its characters:
  150 is no 50.
- **list precision, recall**: of the items that are said, those that are gold; of the gold items, those said.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.checking.verification import values
from assistant.marks import without_marks
from assistant.texts import answer_language
from eval.measures.base import VERIFIER, Measure, Support
from eval.questions import GoldQuestion, normal
from eval.systems.base import Response, Said
from indexing.tokeniser import identifier_forms, identifiers

_WITH_VALUES = frozenset({"number", "temporal", "table_lookup", "aggregate", "fact"})


def _said(response: Response) -> str:
    """What the answer says, without the marks of its citations."""
    if not response.answered:
        return ""
    return without_marks(response.text) or "\n".join(said.text for said in response.said)


def _has(nugget: tuple[str, ...], said: str) -> bool:
    return any(normal(alternative) in said for alternative in nugget)


def nugget_recall(gold: GoldQuestion, response: Response, _: Support) -> float | None:
    """The share of all nuggets that the answer says; a refusal says none."""
    return _share_said(gold, gold.nuggets, response)


def vital_recall(gold: GoldQuestion, response: Response, _: Support) -> float | None:
    """The share of vital nuggets that the answer says."""
    vital = [n for n, needed in zip(gold.nuggets, gold.vital or (True,) * len(gold.nuggets), strict=True) if needed]
    return _share_said(gold, vital, response)


def _share_said(gold: GoldQuestion, nuggets: Sequence[tuple[str, ...]], response: Response) -> float | None:
    if not gold.answerable or not nuggets:
        return None
    said = normal(_said(response))
    return sum(_has(nugget, said) for nugget in nuggets) / len(nuggets)


def judged_recall(gold: GoldQuestion, response: Response, support: Support) -> float | None:
    """The share of nuggets that the answer bears out as an answer to the question, by the support function.
    None with the verifier, which compares words as `nugget_recall` does, and worse."""
    if support.name == VERIFIER or not gold.answerable or not gold.nuggets:
        return None
    said = _said(response)
    premise = f"{gold.question}\n{said}"
    borne = (bool(said) and support(premise, f"{gold.question} {nugget[0]}").supported for nugget in gold.nuggets)
    return sum(borne) / len(gold.nuggets)


def value_match(gold: GoldQuestion, response: Response, _: Support) -> float | None:
    """The share of nuggets with a value (a number, a date, an identifier) of which an alternative's values
    all occur in the answer as values; an alternative without one ("three") must be said."""
    if not gold.answerable or gold.type not in _WITH_VALUES:
        return None
    valued = [nugget for nugget in gold.nuggets if any(map(_values, nugget))]
    if not valued:
        return None
    text = _said(response)
    said, whole = values(text) | identifiers(text), normal(text)
    return sum(
        any(held <= said if (held := _values(a)) else normal(a) in whole for a in nugget) for nugget in valued
    ) / len(valued)


def _values(text: str) -> set[str]:
    whole = {forms[0] for forms in identifier_forms(text)}
    return whole or values(text)


def list_recall(gold: GoldQuestion, response: Response, support: Support) -> float | None:
    """For a list: the share of its items that are said."""
    return nugget_recall(gold, response, support) if gold.type == "list" else None


def list_precision(gold: GoldQuestion, response: Response, _: Support) -> float | None:
    """For a list: of the statements, the share that say an item; nothing said has no precision worth
    anything, so it counts 0."""
    if gold.type != "list" or not gold.answerable or not gold.nuggets:
        return None
    if not response.answered or not response.said:
        return 0.0
    return sum(_says_an_item(gold, said) for said in response.said) / len(response.said)


def _says_an_item(gold: GoldQuestion, said: Said) -> bool:
    text = normal(said.text)
    return any(_has(nugget, text) for nugget in gold.nuggets)


def language(gold: GoldQuestion, response: Response, _: Support) -> float | None:
    """Whether the text around the quotes is in the asker's language. An answer that is quotes and nothing
    else has none, and a refusal must be in the asker's."""
    if response.error is not None:
        return 0.0
    own = " ".join(said.text for said in response.said if not _quoted(said, response)) if response.answered else ""
    text = own if response.answered else response.text
    return float(answer_language(text, "auto") == gold.lang) if text.strip() else None


def _quoted(said: Said, response: Response) -> bool:
    return any(normal(said.text) in normal(cited.quote) for cited in response.cited_by(said))


def length(_gold: GoldQuestion, response: Response, _: Support) -> float | None:
    """Characters of an answer, refusals left out."""
    return float(len(_said(response))) if response.answered else None


MEASURES = (
    Measure("nuggets", "answer", "nuggets in the answer", "答案要点召回", "higher", nugget_recall),
    Measure("nuggets_vital", "answer", "vital nuggets in the answer", "关键要点召回", "higher", vital_recall),
    Measure("nuggets_judged", "answer", "nuggets, by a model", "要点召回（模型评判）", "higher", judged_recall),
    Measure("value", "answer", "exact values", "数值完全一致", "higher", value_match),
    Measure("list_recall", "answer", "list recall", "列表召回", "higher", list_recall),
    Measure("list_precision", "answer", "list precision", "列表准确率", "higher", list_precision),
    Measure("language", "answer", "answer in the asker's language", "答案语言一致", "higher", language),
    Measure("length", "answer", "answer length", "答案长度", None, length, "characters"),
)

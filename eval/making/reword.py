"""Better wording for proposals by a language model. What it writes is kept only where it still asks with the same
values and names and gives no nugget away; else the template's wording stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.checking.verification import values
from assistant.settings import Settings
from assistant.texts import answer_language
from assistant.wiring import language_model
from corpus.errors import BadSetting
from eval.making.proposals import Proposal
from eval.questions import normal
from indexing.tokeniser import identifiers
from prompts import render

_TOKENS = 200
_QUOTED = re.compile(r"“([^“”]+)”|《([^《》]+)》")
_LONGER = 1.6

Complete = Callable[[str], str]
Advance = Callable[[str, int | None], None]


def reworded(proposals: Sequence[Proposal], complete: Complete, advance: Advance) -> tuple[Proposal, ...]:
    """The proposals, each in the model's words where they hold. `complete` answers a prompt. What two proposals
    would come to share stays as the templates have it."""
    kept: list[Proposal] = []
    asked = {normal(proposal.question) for proposal in proposals}
    for proposal in proposals:
        said = complete(render("question", proposal.lang, question=proposal.question)).strip()
        changed = replace(proposal, question=said)
        better = normal(said) not in asked and holds(proposal, said) and changed.sound()
        asked.add(normal(said))
        kept.append(changed if better else proposal)
        advance(proposal.id, len(proposals))
    return tuple(kept)


def holds(proposal: Proposal, said: str) -> bool:
    """Whether a rewording asks the same as far as can be told without reading it: one question, in the same
    language, no longer than need be, with exactly the values and identifiers of the first, and the names that it
    has in quotation marks."""
    asked = proposal.question
    names = [normal(name) for match in _QUOTED.findall(asked) for name in match if name]
    return (
        said.endswith(("？", "?"))
        and "\n" not in said
        and len(re.findall(r"[？?]", said)) == 1
        and len(said) <= _LONGER * len(asked) + 10
        and answer_language(said, "auto") == answer_language(asked, "auto")
        and _numbers(said) == _numbers(asked)
        and identifiers(said) == identifiers(asked)
        and all(name in normal(said) for name in names)
    )


def _numbers(text: str) -> set[str]:
    """The values in a text besides titles, which a rewording may put into other marks."""
    return {value for value in values(text) if re.fullmatch(r"[\d.]+%?", value)}


def completer(settings: Settings) -> Complete:
    """A function that asks the settings' language model. Raises `BadSetting` where none is set; what it returns
    raises `Unavailable` where the model does not answer."""
    if settings.llm == "none" or not settings.llm_model:
        raise BadSetting(
            "--llm needs a language model; set YIJU_LLM=openai_like, YIJU_LLM_URL and YIJU_LLM_MODEL, "
            "or leave out --llm",
            "--llm 需要语言模型；请设置 YIJU_LLM=openai_like、YIJU_LLM_URL 和 YIJU_LLM_MODEL，或不使用 --llm",
        )
    return language_model(settings, _TOKENS).complete

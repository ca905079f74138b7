"""Whether what is said rests on what is cited. Which words support which, the support function says.

A statement is a sentence of an answer; what it cites is, for each of its numbers, what a reader sees there:
title, headings, and the quote. Figures are means within one answer; refusals have none, and an answer without
a single statement counts as one statement without citation. A question with an answer on which the system
failed gets the worst value.

- **citation recall, precision**: Gao et al. 2023, "Enabling Large Language Models to Generate Text with
  Citations" (ALCE), section 3.3, arXiv:2305.14627. Recall of a statement is 1 iff all that it cites, put
  together, supports it. A citation is irrelevant iff it does not support the statement by itself and the
  others do so without it; it is precise iff the recall of its statement is 1 and it is not irrelevant.
  As in ALCE's program a statement that cites a number with nothing behind it has recall 0; otherwise than
  there that number counts as a citation (imprecise), and no statement's citations are cut off after the third.
- **verbatim**: the share of statements that stand word for word in one of the quotes they cite.
- **uncited**: the share of statements that cite nothing (numbers with nothing behind them are nothing).
- **tightness**: of a quote that holds gold quotes, the share of its characters that are theirs; of one that
  lies within a gold quote, 1. Quotes that do neither have none. It says how little a reader must read
  besides the evidence, and nothing about whether the evidence is there (`evidence`, `nuggets`).
- **contradiction**: the share of statements that what they cite denies, as far as the support function can
  tell.
"""

from __future__ import annotations

from eval.measures.base import Judgement, Measure, Support
from eval.measures.retrieval import same_source
from eval.questions import GoldQuestion, normal
from eval.systems.base import Cited, Response, Said

_END = "。.！!？?；;，,：:"


def citation_recall(gold: GoldQuestion, response: Response, support: Support) -> float | None:
    """ALCE's citation recall of one answer, 0 to 1."""
    if not _speaks(gold, response):
        return None
    recalls = [_recalled(said, response, support) for said in response.said]
    return sum(recalls) / len(recalls) if recalls else 0.0


def citation_precision(gold: GoldQuestion, response: Response, support: Support) -> float | None:
    """ALCE's citation precision of one answer, 0 to 1; without a citation 0."""
    if not _speaks(gold, response):
        return None
    total = sum(len(set(said.citations)) for said in response.said)
    precise = sum(_precise(said, response, support) for said in response.said)
    return precise / total if total else 0.0


def verbatim(gold: GoldQuestion, response: Response, _: Support) -> float | None:
    """The share of statements that stand in a quote they cite, white space, width, case and the final stop
    apart."""
    if not _speaks(gold, response):
        return None
    stands = [_stands(said, response) for said in response.said]
    return sum(stands) / len(stands) if stands else 0.0


def uncited(gold: GoldQuestion, response: Response, _: Support) -> float | None:
    """The share of statements that cite nothing."""
    if not _speaks(gold, response):
        return None
    bare = [not response.cited_by(said) for said in response.said]
    return sum(bare) / len(bare) if bare else 1.0


def tightness(gold: GoldQuestion, response: Response, _: Support) -> float | None:
    """The mean over the cited quotes that meet the gold evidence; None where none does."""
    if not gold.quotes or not _speaks(gold, response):
        return None
    if response.error is not None:
        return 0.0
    used = {number for said in response.said for number in said.citations}
    each = [_tight(gold, cited) for cited in response.cited if cited.number in used]
    met = [share for share in each if share is not None]
    return sum(met) / len(met) if met else None


def contradiction(gold: GoldQuestion, response: Response, support: Support) -> float | None:
    """The share of statements that what they cite denies."""
    if not _speaks(gold, response):
        return None
    if response.error is not None:
        return 1.0
    denied = [_judged(response.cited_by(said), said, support).contradicts for said in response.said]
    return sum(denied) / len(denied) if denied else 0.0


def resolves(_gold: GoldQuestion, response: Response, _: Support) -> float | None:
    """The share of citations whose quote is exactly what stands at their place."""
    known = [cited.resolves for cited in response.cited if cited.resolves is not None]
    return sum(known) / len(known) if known else None


def premise(cited: tuple[Cited, ...]) -> str:
    """What a reader sees behind some citations, one after the other."""
    return "\n".join(f"{each.context}\n{each.quote}".strip() for each in cited)


def _speaks(gold: GoldQuestion, response: Response) -> bool:
    """Whether there is an answer to measure. Nothing that failed is measured where silence would be right."""
    return gold.answerable if response.error is not None else response.answered


def _judged(cited: tuple[Cited, ...], said: Said, support: Support) -> Judgement:
    return support(premise(cited), said.text) if cited else Judgement(0.0, False)


def _recalled(said: Said, response: Response, support: Support) -> bool:
    cited = response.cited_by(said)
    return len(cited) == len(said.citations) and _judged(cited, said, support).supported


def _precise(said: Said, response: Response, support: Support) -> int:
    """How many of a statement's citations are precise."""
    cited = tuple({each.number: each for each in response.cited_by(said)}.values())
    if not _recalled(said, response, support):
        return 0
    if len(cited) == 1:
        return 1
    return sum(
        _judged((each,), said, support).supported
        or not _judged(tuple(other for other in cited if other is not each), said, support).supported
        for each in cited
    )


def _stands(said: Said, response: Response) -> bool:
    words = normal(said.text).strip(_END)
    return bool(words) and any(words in normal(cited.quote) for cited in response.cited_by(said))


def _tight(gold: GoldQuestion, cited: Cited) -> float | None:
    quote = normal(cited.quote)
    golden = [
        normal(q) for evidence in gold.evidence if same_source(cited.source, evidence.source) for q in evidence.quotes
    ]
    if not quote or not golden:
        return None
    if any(quote in whole for whole in golden):
        return 1.0
    held: set[int] = set()
    for part in golden:
        start = quote.find(part) if part else -1
        while start != -1:
            held.update(range(start, start + len(part)))
            start = quote.find(part, start + len(part))
    return len(held) / len(quote) if held else None


MEASURES = (
    Measure("citation_recall", "grounding", "citation recall", "引用召回", "higher", citation_recall),
    Measure("citation_precision", "grounding", "citation precision", "引用精确", "higher", citation_precision),
    Measure("verbatim", "grounding", "verbatim statements", "逐字引述的语句", "higher", verbatim),
    Measure("uncited", "grounding", "statements without citation", "无引用的语句", "lower", uncited),
    Measure("tightness", "grounding", "quote tightness", "引文紧凑度", "higher", tightness),
    Measure("contradiction", "grounding", "contradicted statements", "与引文矛盾的语句", "lower", contradiction),
    Measure("resolves", "grounding", "citations that resolve", "引文可定位", "higher", resolves),
)

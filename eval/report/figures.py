"""The plots of a report, made from the runs' results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from eval.report.plots import Axis, Bar, Both, Series, bars, curve, latency
from eval.report.questions import OUTCOMES, Asked
from eval.runs import Run
from eval.statistics import Estimate, estimate_of

STAGES: dict[str, Both] = {
    "total": Both("all", "合计"),
    "retrieve": Both("searching", "检索"),
    "rerank": Both("reranking", "重排"),
    "answer": Both("answering", "作答"),
    "verify": Both("verifying", "核验"),
}


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot with its caption; without `drawn`, the caption says why it is not there."""

    title: Both
    caption: Both
    drawn: tuple[Markup, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage's milliseconds in one run: the median and the 95th percentile, with their intervals."""

    nth: int
    name: Both
    median: Estimate
    late: Estimate


def plots(runs: Sequence[Run], questions: Sequence[Asked], type_name: Callable[[str], Both]) -> tuple[Plot, ...]:
    """All plots there are results for."""
    return (_outcomes(runs, questions, type_name), _risk(runs), _reliable(runs), _times(runs))


def latency_table(runs: Sequence[Run]) -> tuple[Stage, ...]:
    """Every stage that takes time, in every run."""
    table: list[Stage] = []
    for stage, words in STAGES.items():
        for nth, run in enumerate(runs):
            spent = [(ms, r.gold.cluster) for r in run.rows if (ms := r.response.milliseconds.get(stage)) is not None]
            values, clusters = np.asarray([ms for ms, _ in spent]), [cluster for _, cluster in spent]
            if spent and values.max() >= 0.05:
                median, late = (estimate_of(_percentile(values, share), clusters) for share in (50, 95))
                table.append(Stage(nth, words, median, late))
    return tuple(table)


def _percentile(values: NDArray[np.float64], share: int) -> Callable[[NDArray[np.intp]], float]:
    return lambda rows: float(np.percentile(values[rows], share))


def _outcomes(runs: Sequence[Run], questions: Sequence[Asked], type_name: Callable[[str], Both]) -> Plot:
    title = Both("What became of the questions, by type", "各类型问题的结果")
    drawn: list[Markup] = []
    for nth, run in enumerate(runs):
        by_type: dict[str, Counter[str]] = {}
        for question in questions:
            for answered in question.runs:
                if answered.nth == nth:
                    by_type.setdefault(question.gold.type, Counter())[answered.outcome] += 1
        rows = [Bar(type_name(t), tuple((o, c[o]) for o in OUTCOMES if c[o])) for t, c in by_type.items()]
        said = [(type_name(t), ", ".join(f"{OUTCOMES[o][1].en} {n}" for o, n in c.items())) for t, c in by_type.items()]
        description = Both(
            f"{run.name}. " + "; ".join(f"{name.en}: {counts}" for name, counts in said),
            f"{run.name}。"
            + "；".join(
                f"{type_name(t).zh}：" + "，".join(f"{OUTCOMES[o][1].zh} {n}" for o, n in c.items())
                for t, c in by_type.items()
            ),
        )
        drawn.append(bars(title, description, rows))
    return Plot(
        title,
        Both(
            "A bar is all questions of a type; the number at its end says how many they are. Colours as above.",
            "每条代表一个类型的全部问题，末端数字为问题数。颜色同上。",
        ),
        tuple(drawn),
    )


def _risk(runs: Sequence[Run]) -> Plot:
    from eval.measures.abstention import risk_coverage

    title = Both("Risk and coverage", "风险—覆盖率曲线")
    lines = [Series(run.name, nth, tuple(risk_coverage(run.rows))) for nth, run in enumerate(runs)]
    if not any(line.points for line in lines):
        return Plot(title, _NO_CONFIDENCE)
    caption = Both(
        "When only the questions the system is surest of are answered (coverage), how much of their answers is "
        "wrong (risk: 1 − nugget recall; 1 for an unanswerable question, and for a refused one, which comes last). "
        "Lower is better.",
        "只回答系统最有把握的一部分问题（覆盖率）时，答案的错误程度（风险：1 − 要点召回；"
        "无法回答的问题计为 1，被拒答的排在最后、也计为 1）。越低越好。",
    )
    axes = Axis(Both("coverage", "覆盖率")), Axis(Both("risk", "风险"))
    return Plot(title, caption, (curve(title, caption, *axes, lines),))


def _reliable(runs: Sequence[Run]) -> Plot:
    from eval.measures.abstention import reliability

    title = Both("Reliability of the confidence", "置信度可靠性图")
    lines = [Series(r.name, n, tuple((c, share) for c, share, _ in reliability(r.rows))) for n, r in enumerate(runs)]
    if not any(line.points for line in lines):
        return Plot(title, _NO_CONFIDENCE)
    caption = Both(
        "Questions in groups of equal size by confidence: its mean, and the share of them that the documents do "
        "answer. On the dashed line the confidence is what it says.",
        "按置信度分成大小相等的组：横轴为平均置信度，纵轴为其中文档可以回答的比例。落在虚线上说明置信度名副其实。",
    )
    axes = Axis(Both("confidence", "置信度")), Axis(Both("share answerable", "可回答比例"))
    return Plot(title, caption, (curve(title, caption, *axes, lines, marks=True, diagonal=True),))


_NO_CONFIDENCE = Both(
    "Not drawn: the system gives no confidence with its answers.", "未绘制：被测系统的回答没有给出置信度。"
)


def _times(runs: Sequence[Run]) -> Plot:
    title = Both("Time to answer", "回答耗时分布")
    taken = [
        (r.name, [ms for row in r.rows if (ms := row.response.milliseconds.get("total")) is not None]) for r in runs
    ]
    if not any(values for _, values in taken):
        return Plot(title, Both("Not drawn: the system gives no times.", "未绘制：被测系统没有给出耗时。"))
    caption = Both(
        "Share of the questions that were answered within a time. A line further left is quicker.",
        "在给定时间内得到回答的问题比例。曲线越靠左越快。",
    )
    label = Both("milliseconds", "毫秒")
    return Plot(title, caption, (latency(title, lambda _: caption, label, taken),))

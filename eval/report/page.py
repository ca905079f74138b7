"""A report of one or several runs: one HTML page that asks nothing of anybody, with the figures, the plots,
and every answer beside its gold evidence, in English and in Chinese.

Texts of questions, documents, models and file names are data: the template escapes all of them, and the
page's own policy allows no script but the one written here and no request at all.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from corpus.errors import BadInput
from eval.measures.abstention import SET_MEASURES, SetMeasure
from eval.measures.base import Measure
from eval.measures.table import MEASURES
from eval.report.definitions import GROUPS, definition
from eval.report.differences import LETTERS, pairs, shown
from eval.report.figures import latency_table, plots
from eval.report.plots import Both, ceiling, interval, mark, number, scale
from eval.report.questions import OUTCOMES, Asked, asked
from eval.runs import Manifest, Run
from eval.statistics import Estimate
from eval.summary import figures

Named = Measure | SetMeasure

TYPES: dict[str, Both] = {
    "fact": Both("fact", "事实"),
    "number": Both("number", "数值"),
    "definition": Both("definition", "定义"),
    "list": Both("list", "列举"),
    "temporal": Both("temporal", "时间"),
    "followup": Both("follow-up", "追问"),
    "compare": Both("comparison", "比较"),
    "table_lookup": Both("table look-up", "查表"),
    "aggregate": Both("aggregate", "统计"),
    "unanswerable": Both("unanswerable", "无法回答"),
    "false_premise": Both("false premise", "错误前提"),
    "howto": Both("how-to", "办理方法"),
    "how-to": Both("how-to", "办理方法"),
}
LANGUAGES = {"zh": Both("Chinese", "中文"), "en": Both("English", "英文")}
REASONS: dict[str, Both] = {
    "not_in_documents": Both("not in the documents", "文档中没有"),
    "too_vague": Both("too vague a question", "问题过于笼统"),
    "no_documents": Both("no documents", "没有文档"),
    "not_allowed": Both("not allowed", "不允许"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of one run as it is shown."""

    nth: int
    value: str
    between: str
    n: int
    clusters: int
    drawn: Markup


@dataclass(frozen=True, slots=True)
class Line:
    """A measure in one scope ("all", a language, a type) with every run's figure."""

    measure: Named
    scope: str
    name: Both
    top: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A run as it is shown: its letter among several, and what became of its questions."""

    nth: int
    letter: str
    manifest: Manifest
    outcomes: Counter[str]
    answered: int
    facts: tuple[tuple[Both, str], ...]


def write_report(runs: Sequence[Run], file: Path) -> None:
    """Writes the report of the runs to a file. Raises `BadInput` where they can't be reported together, or
    the file can't be written."""
    html = report(runs)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(html.encode("utf-8", "replace"))
    except OSError as error:
        raise BadInput(
            f"the report can't be written to {file}: {error.strerror}; name another file with --out",
            f"无法将报告写入 {file}：{error.strerror}；请用 --out 指定其他文件",
        ) from error


def report(runs: Sequence[Run]) -> str:
    """The page. Raises `BadInput` for more runs than can be told apart, a run without results, or runs that
    asked different questions under one id."""
    _check(runs)
    questions = asked(runs)
    lines = tuple(_lines(runs))
    runs_shown = tuple(_shown(nth, run, questions) for nth, run in enumerate(runs))
    known: tuple[Named, ...] = (*MEASURES, *SET_MEASURES)
    measures = [m for m in known if any(line.measure.key == m.key for line in lines)]
    scored = [m for m in measures if isinstance(m, Measure)]
    return _template().render(
        runs=runs_shown,
        several=len(runs) > 1,
        letters=LETTERS,
        mark=mark,
        scale=scale(),
        questions=questions,
        groups=[
            (words, [x for x in lines if x.scope == "all" and x.measure.group == g]) for g, words in GROUPS.items()
        ],
        by_measure=[(m, [x for x in lines if x.measure.key == m.key and x.scope != "all"]) for m in measures],
        first_measure=next((m.key for m in measures if m.key == "nuggets"), measures[0].key if measures else ""),
        measures=[(m, definition(m)) for m in measures],
        scored=scored,
        comparison=pairs(runs),
        measure_of={m.key: m for m in measures},
        plots=plots(runs, questions, _type_name),
        latency=latency_table(runs),
        outcomes={key: OUTCOMES[key] for key in OUTCOMES if any(run.outcomes[key] for run in runs_shown)},
        types=[(name, _type_name(name)) for name in dict.fromkeys(q.gold.type for q in questions)],
        languages=[(name, LANGUAGES[name]) for name in dict.fromkeys(q.gold.lang for q in questions)],
        any=Both("any", "全部"),
        type_name=_type_name,
        scope_name=_scope_name,
        language_name=LANGUAGES.__getitem__,
        reason_name=lambda reason: REASONS.get(reason, Both(reason, reason)),
        data=_data(runs, questions, scored),
        style=Markup(_asset("report.css")),
        script=Markup(_asset("report.js")),
        policy=_policy(),
    )


def _check(runs: Sequence[Run]) -> None:
    if len(runs) > len(LETTERS):
        raise BadInput(
            f"a report shows at most {len(LETTERS)} runs, here are {len(runs)}; report them in parts",
            f"一份报告最多比较 {len(LETTERS)} 次评测，这里有 {len(runs)} 次；请分开生成",
        )
    texts: dict[str, str] = {}
    for run in runs:
        if not run.rows:
            raise BadInput(
                f"{run.folder} holds no result yet; run `yiju eval run --out {run.folder}` to its end",
                f"{run.folder} 中还没有结果；请先完成 yiju eval run --out {run.folder}",
            )
        for row in run.rows:
            if texts.setdefault(row.gold.id, row.gold.question) != row.gold.question:
                raise BadInput(
                    f"the runs ask different questions under the id {row.gold.id!r}; report them one by one",
                    f"这些评测中编号 {row.gold.id!r} 的问题不同；请分别生成报告",
                )


def _lines(runs: Sequence[Run]) -> Iterator[Line]:
    """Every measure in every scope, scope by scope, as the first run has them and then the others."""
    found: dict[tuple[str, str], dict[int, Estimate]] = {}
    known: dict[str, Named] = {}
    for nth, run in enumerate(runs):
        for figure in figures(run.rows):
            known[figure.measure.key] = figure.measure
            found.setdefault((figure.scope, figure.measure.key), {})[nth] = figure.estimate
    for (scope, key), by_run in found.items():
        measure, top = known[key], _top(known[key], scope, found)
        cells = tuple(
            Cell(
                nth,
                shown(e.value, measure.unit),
                f"{shown(e.low, measure.unit)}–{shown(e.high, measure.unit)}",
                e.n,
                e.clusters,
                interval(nth, e.value, e.low, e.high, top),
            )
            for nth, e in by_run.items()
        )
        name = Both(measure.en, measure.zh) if scope == "all" else _scope_name(scope)
        yield Line(measure, scope, name, "" if measure.unit == "share" else number(top), cells)


def _top(measure: Named, scope: str, found: Mapping[tuple[str, str], Mapping[int, Estimate]]) -> float:
    """Where a measure's axis ends: one for all questions, one for all scopes within them."""
    if measure.unit == "share":
        return 1.0
    alike = (by for (s, key), by in found.items() if key == measure.key and (s == "all") == (scope == "all"))
    return ceiling(max(e.high for by in alike for e in by.values()) / 0.85)


def _type_name(name: str) -> Both:
    return TYPES.get(name, Both(name, name))


def _scope_name(scope: str) -> Both:
    return LANGUAGES.get(scope) or _type_name(scope)


def _shown(nth: int, run: Run, questions: Sequence[Asked]) -> Shown:
    outcomes = Counter(answered.outcome for question in questions for answered in question.runs if answered.nth == nth)
    return Shown(nth, LETTERS[nth], run.manifest, outcomes, len(run.rows), tuple(_facts(run)))


def _facts(run: Run) -> Iterator[tuple[Both, str]]:
    """What the run's figures depend on."""
    m = run.manifest
    languages = Counter(row.gold.lang for row in run.rows)
    by_language = ", ".join(f"{count} {language}" for language, count in sorted(languages.items()))
    yield Both("set", "评测集"), m.set_name
    yield Both("set's SHA-256", "评测集 SHA-256"), m.set_sha256
    yield Both("questions", "问题数"), f"{m.questions} ({by_language})"
    yield Both("documents", "文档"), m.corpus
    yield Both("system", "被测系统"), m.system
    models = dict.fromkeys((k, v) for row in run.rows for k, v in sorted(row.response.models.items()) if v)
    yield Both("models", "模型"), ", ".join(f"{kind}: {name}" for kind, name in models) or "–"
    yield Both("support function", "支持判定"), m.support
    settings = (f"{key}={value}" for key, value in sorted(m.conditions.items()) if value not in (None, ""))
    yield Both("settings", "设置"), ", ".join(settings) or "–"
    if m.index:
        yield Both("index", "索引"), ", ".join(f"{key}: {value:,}" for key, value in m.index.items())
    yield Both("program", "程序"), m.program
    yield Both("commit", "提交"), m.commit
    yield Both("machine", "机器"), m.machine
    yield Both("began", "开始"), m.began
    yield Both("finished", "结束"), m.finished or "–"


def _data(runs: Sequence[Run], questions: Sequence[Asked], measures: Sequence[Measure]) -> Markup:
    """What the page's script filters by and shows of scores, as JSON that no text can break out of."""
    by_id = [{row.gold.id: row.scores for row in run.rows} for run in runs]

    def scores(of: dict[str, float | None] | None) -> list[float | None] | None:
        if of is None:
            return None
        return [None if (value := of.get(m.key)) is None else round(value, 4) for m in measures]

    value = {
        "measures": [{"key": m.key, "en": m.en, "zh": m.zh, "unit": m.unit} for m in measures],
        "letters": list(LETTERS[: len(runs)]),
        "scores": [[scores(run.get(question.gold.id)) for run in by_id] for question in questions],
    }
    return htmlsafe_json_dumps(value, dumps=json.dumps, ensure_ascii=False, separators=(",", ":"))


def _asset(name: str) -> str:
    return (files("eval.report") / "assets" / name).read_text("utf-8")


def _policy() -> str:
    """Nothing may be loaded, and no script may run but the page's own."""
    digest = base64.b64encode(hashlib.sha256(_asset("report.js").encode()).digest()).decode()
    return f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"  # noqa: E501


def _template() -> Template:
    environment = Environment(
        loader=FunctionLoader(_asset), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html.jinja")

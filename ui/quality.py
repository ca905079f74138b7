"""The latest evaluation in the page: its main figures, and its report where one was written.

Runs are folders that `yiju eval run` makes; only their files are read here, and nothing of the evaluation's code is
used. The report is a page of its own, shown in a frame that may do nothing but show itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from ui.session import Session
from ui.texts import Language
from ui.texts_more import QUALITY, QualityWords

_MANIFEST, _RESULTS, _REPORT = "run.json", "results.jsonl", "report.html"
# A report is sent whole to whoever looks at it.
_MOST_REPORT, _MOST_RESULTS = 16 * 2**20, 256 * 2**20


@dataclass(frozen=True, slots=True)
class Figures:
    """A run as its files say: who and when, and each measure's mean and number of questions."""

    folder: Path
    manifest: Mapping[str, object]
    asked: int
    means: Mapping[str, tuple[float, int]]


@dataclass(frozen=True)
class QualityPart:
    """The quality page as it was laid out."""

    quality: Quality
    session: gr.State
    body: gr.HTML

    def show_on(self, *events: Callable[..., Any]) -> None:
        """Shows the latest run in the session's language on each of these events, such as `tab.select`."""
        for event in events:
            event(self.quality.show, [self.session], [self.body], show_progress="hidden")


def build(runs: Path, session: gr.State) -> QualityPart:
    """Lays the quality page out within the block that is open. `runs` is the folder of the runs."""
    return QualityPart(Quality(runs), session, gr.HTML("", apply_default_css=False, elem_id="yj-quality"))


@dataclass(frozen=True)
class Quality:
    """What answers the page's events."""

    runs: Path

    def show(self, session: Session) -> str:
        """The latest run, or how to make one."""
        words, latest = QUALITY[session.language], latest_run(self.runs)
        if latest is None:
            return _nothing(words)
        try:
            figures = read_figures(latest)
        except (OSError, ValueError):
            return f'<div class="yj-quality"><p class="yj-wrong" role="alert">{escape(words.broken)}</p></div>'
        return _page(figures, words, session.language)


def latest_run(runs: Path) -> Path | None:
    """The folder of the run that was begun last, a finished one before any other."""
    found = [(_order(folder), folder) for folder in runs.glob("*") if (folder / _MANIFEST).is_file()]
    return max(found, key=lambda each: each[0])[1] if found else None


def _order(folder: Path) -> tuple[bool, str]:
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
        return bool(manifest.get("finished")), str(manifest.get("began", ""))
    except (OSError, ValueError, AttributeError):
        return False, ""


def read_figures(folder: Path) -> Figures:
    """The figures of a run. Raises `OSError` and `ValueError` where its files are none."""
    manifest = json.loads((folder / _MANIFEST).read_bytes())
    if not isinstance(manifest, dict):
        raise ValueError("no manifest")
    sums: dict[str, tuple[float, int]] = {}
    asked = 0
    for scores in _scores(folder / _RESULTS):
        asked += 1
        for key, value in scores.items():
            if isinstance(value, int | float):
                total, count = sums.get(key, (0.0, 0))
                sums[key] = total + value, count + 1
    means = {key: (total / count, count) for key, (total, count) in sums.items()}
    return Figures(folder, manifest, asked, means)


def _scores(results: Path) -> Iterator[Mapping[str, object]]:
    """Each question's scores; a last line that is not whole yet is left out."""
    if not results.is_file() or results.stat().st_size > _MOST_RESULTS:
        return
    with results.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                row = json.loads(line)
                yield row["scores"] if isinstance(row, dict) and isinstance(row.get("scores"), dict) else {}


def _nothing(words: QualityWords) -> str:
    return (
        f'<div class="yj-quality yj-nothing"><h2>{escape(words.none_title)}</h2><p>{escape(words.none_text)}</p>'
        "<pre>yiju eval run --set samples\nyiju eval report RUN</pre></div>"
    )


def _page(figures: Figures, words: QualityWords, language: Language) -> str:
    told = figures.manifest
    finished = str(told.get("finished") or "") or words.unfinished.format(figures.asked)
    program = f"{told.get('program', '')} ({told.get('commit', '')})"
    said = (told.get("set_name"), told.get("questions"), told.get("system"), finished, program, told.get("machine"))
    facts = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(str(value))}</dd></div>"
        for name, value in zip(words.facts, said, strict=True)
    )
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{_value(key, *figures.means[key])}</td>'
        f"<td>{figures.means[key][1]}</td></tr>"
        for key, name in words.measures.items()
        if key in figures.means
    )
    return (
        f'<div class="yj-quality"><h2>{escape(words.heading)}</h2><dl class="yj-known">{facts}</dl>'
        f'<table class="yj-table yj-figures"><caption>{escape(words.figures)}</caption><thead><tr>'
        f'<th scope="col">{escape(words.measure)}</th><th scope="col">{escape(words.value)}</th>'
        f'<th scope="col">{escape(words.questions)}</th></tr></thead><tbody>{rows}</tbody></table>'
        f'<p class="yj-hint">{escape(words.how)}</p>{_report(figures.folder, words, language)}</div>'
    )


def _value(key: str, mean: float, count: int) -> str:
    return f"{mean:,.1f}" if key == "ms" else f"{mean:.3f}" if count else ""


def _report(folder: Path, words: QualityWords, language: Language) -> str:
    """The report in a frame of its own origin: its script runs, and reaches nothing of this page or the API."""
    file = folder / _REPORT
    if not file.is_file():
        return f"<p>{escape(words.no_report)}</p><pre>yiju eval report {escape(str(folder))}</pre>"
    size = file.stat().st_size
    if size > _MOST_REPORT:
        return f"<p>{escape(words.too_big.format(size >> 20))}</p><pre>{escape(str(file))}</pre>"
    html = file.read_text("utf-8", "replace")
    return (
        f"<h3>{escape(words.report)}</h3>"
        f'<iframe class="yj-report" sandbox="allow-scripts" lang="{language}" title="{escape(words.report)}"'
        f' srcdoc="{escape(html)}"></iframe>'
    )

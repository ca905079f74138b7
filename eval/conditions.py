"""`python -m eval.conditions`: the configurations in `conditions.yaml`, run and held against what is expected.

A condition is a set, settings (embedder, passages, answerer) and a number of passages to look at, with the
scores it gave when they were last stored and how far they may move:

- OK: every score within the tolerance;
- DRIFT: one is outside it, and still inside the interval of the expected score;
- FAIL: one is outside both, or is missing, or the set is not the one that the scores are of;
- NEW: nothing is expected yet; SKIPPED: what it needs is not here.

After Pyserini's two-click reproductions (Lin et al. 2021, SIGIR). Settings that a row does not name have the
program's defaults, whatever the environment says. The exit code is 1 where a condition fails.
"""

from __future__ import annotations

import importlib.util
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
import yaml
from pydantic import Field, ValidationError
from pydantic_core import PydanticUndefined

from assistant.answers import Frozen
from assistant.settings import PREFIX, Settings
from corpus.errors import BadInput
from eval.gate import figure, is_held
from eval.measures.table import MEASURES
from eval.public.systems import package_model
from eval.questions import SAMPLES, load_set
from eval.runs import Run

if TYPE_CHECKING:
    from eval.runner import Advance

FILE = Path(__file__).with_name("conditions.yaml")
PACKAGE = "package:"  # begins an embedder that is a folder inside an installed package
Status = Literal["OK", "DRIFT", "FAIL", "NEW", "SKIPPED"]
_HEAD = """\
# Configurations and the scores they are expected to give: see eval/conditions.py.
# `make eval` runs those that need no download. `python -m eval.conditions --update` stores the scores anew, which
# is to be done by whoever means to change them; each is [value, low, high], with its 95 % interval.
"""


class Condition(Frozen):
    """A row of `conditions.yaml`. `set` and `corpus` are paths inside the folder that --data names, where
    `needs` is "data"; `settings` are those of `assistant.settings`.
    `expected_on` is the beginning of the set's digest when the scores were stored."""

    name: str = Field(min_length=1)
    about: str
    needs: Literal["nothing", "models", "data"] = "nothing"
    set: str = SAMPLES
    corpus: str | None = None
    k: int = Field(8, ge=1, le=50)
    settings: dict[str, str | int] = Field(default_factory=dict)
    tolerance: float = Field(0.01, ge=0)
    expected_on: str = ""
    expect: dict[str, tuple[float, float, float]] = Field(default_factory=dict)

    @property
    def command(self) -> str:
        """What gives the same figures on the command line."""
        environment = "".join(f"{PREFIX}{key.upper()}={_said(v)} " for key, v in self.settings.items())
        corpus = f" --corpus {shlex.quote(self.corpus)}" if self.corpus else ""
        return f"{environment}yiju eval run --set {shlex.quote(self.set)}{corpus} -k {self.k}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a condition. `off` are the measures outside the tolerance: key, expected, got."""

    condition: Condition
    status: Status
    run: Run | None = None
    reason: str = ""
    off: tuple[tuple[str, float, float | None], ...] = ()


def load_conditions(file: Path = FILE) -> tuple[Condition, ...]:
    """The rows of a file. Raises `BadInput` naming the row."""
    try:
        rows = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(f"{file} can't be read: {error}", f"无法读取 {file}：{error}") from error
    if not isinstance(rows, list):
        raise BadInput(f"{file} must be a list of conditions", f"{file} 应为条件列表")
    found: list[Condition] = []
    for number, row in enumerate(rows, 1):
        try:
            found.append(Condition.model_validate(row))
        except ValidationError as error:
            first = error.errors()[0]
            what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            raise BadInput(f"{file}, condition {number}: {what}", f"{file} 第 {number} 个条件：{what}") from error
    names = [c.name for c in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadInput(f"{file} has two conditions named {twice[0]}", f"{file} 中有两个条件名为 {twice[0]}")
    return tuple(found)


def save_conditions(conditions: Sequence[Condition], file: Path = FILE) -> None:
    """Writes the rows, each expected score on one line."""
    rows = []
    for condition in conditions:
        row = condition.model_dump(mode="json", exclude_defaults=True, exclude={"expect"})
        text = yaml.safe_dump([row], sort_keys=False, allow_unicode=True, width=110)
        scores = "".join(f"    {key}: {[float(x) for x in score]}\n" for key, score in condition.expect.items())
        rows.append(text + (f"  expect:\n{scores}" if scores else ""))
    file.write_text(_HEAD + "\n" + "\n".join(rows), "utf-8")


def run_condition(condition: Condition, data: Path | None, advance: Advance) -> Outcome:
    """Runs a condition in a folder of its own, and says whether it gave what is expected."""
    from eval.runner import indexed, run_set
    from eval.support.verifier import Verifier
    from eval.systems.base import LocalSystem

    if reason := _lacking(condition, data):
        return Outcome(condition, "SKIPPED", reason=reason)
    place = str(data / condition.set) if data and condition.needs == "data" else condition.set
    corpus = data / condition.corpus if data and condition.corpus else None
    questions = load_set(place, corpus)
    with tempfile.TemporaryDirectory(prefix="yiju-condition-") as folder:
        settings = settings_of(condition, Path(folder) / "data")
        with indexed(corpus, settings.data, settings, _unseen) as workplace:
            run = run_set(
                questions,
                LocalSystem(workplace.assistant, top_k=condition.k),
                Verifier(),
                Path(folder) / condition.name,
                corpus=condition.corpus or SAMPLES,
                conditions={"top_k": condition.k, **condition.settings},
                index={},
                advance=advance,
            )
    return judged(condition, run)


def _unseen(_name: str, _of: int | None = None) -> None:
    """Progress of the indexing, which takes a moment."""


def judged(condition: Condition, run: Run) -> Outcome:
    """A run held against what its condition expects."""
    if not condition.expect:
        return Outcome(condition, "NEW", run)
    if condition.expected_on != run.manifest.set_sha256[:12]:
        reason = "the set changed since the scores were stored; look at the differences, then --update"
        return Outcome(condition, "FAIL", run, reason)
    got = scores_of(run)
    off = [
        (key, value, got[key][0] if key in got else None)
        for key, (value, _, _) in condition.expect.items()
        if key not in got or abs(got[key][0] - value) > condition.tolerance + 1e-9
    ]
    inside = all(new is not None and condition.expect[key][1] <= new <= condition.expect[key][2] for key, _, new in off)
    return Outcome(condition, "OK" if not off else "DRIFT" if inside else "FAIL", run, off=tuple(off))


def scores_of(run: Run) -> dict[str, tuple[float, float, float]]:
    """What is expected of a condition: the shares over all questions that are better high or low."""
    held = [m for m in MEASURES if is_held(m) and any(r.scores.get(m.key) is not None for r in run.rows)]
    return {m.key: figure(run.rows, m) for m in held}


def renewed(condition: Condition, run: Run) -> Condition:
    """The condition with a run's scores as what is expected."""
    return condition.model_copy(update={"expect": scores_of(run), "expected_on": run.manifest.set_sha256[:12]})


def settings_of(condition: Condition, folder: Path) -> Settings:
    """The program's defaults with the condition's settings; the environment has no say."""
    defaults = {n: f.default for n, f in Settings.model_fields.items() if f.default is not PydanticUndefined}
    given: dict[str, object] = {**defaults, **condition.settings, "data": folder}
    if str(given["embedder"]).startswith(PACKAGE):
        given["embedder"] = str(package_model(str(given["embedder"]).removeprefix(PACKAGE)))
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise BadInput(f"condition {condition.name}: {what}", f"条件 {condition.name}：{what}") from error


def _said(value: str | int) -> str:
    text = str(value)
    return f"<folder of {text.removeprefix(PACKAGE)}>" if text.startswith(PACKAGE) else shlex.quote(text)


def _lacking(condition: Condition, data: Path | None) -> str:
    """What a condition needs and is not here, or nothing."""
    if condition.needs == "data" and data is None:
        return "needs --data FOLDER"
    if condition.needs == "models":
        embedder = str(condition.settings.get("embedder", ""))
        if importlib.util.find_spec("sentence_transformers") is None:
            return "needs sentence-transformers (make models)"
        if embedder.startswith(PACKAGE) and package_model(embedder.removeprefix(PACKAGE)) is None:
            return f"needs the package {embedder.removeprefix(PACKAGE)}"
    return ""


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def run_conditions(
    only: Annotated[list[str] | None, typer.Argument(help="Names of conditions; all, where none is given.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of sets and documents that are not ours.")] = None,
    file: Annotated[Path, typer.Option(help="The conditions.")] = FILE,
    write: Annotated[Path | None, typer.Option(help="File to write the results page to: docs/results.md.")] = None,
    update: Annotated[bool, typer.Option("--update", help="Store the scores as what is expected.")] = False,
) -> None:
    """Run the conditions and say of each whether it gave what is expected."""
    from eval.cli import out, progress
    from eval.results_page import page

    conditions = load_conditions(file)
    if unknown := sorted(set(only or ()) - {c.name for c in conditions}):
        raise BadInput(f"{file} has no condition {unknown[0]}", f"{file} 中没有条件 {unknown[0]}")
    outcomes: list[Outcome] = []
    for condition in conditions:
        if not only or condition.name in only:
            with progress(condition.name) as advance:
                outcomes.append(run_condition(condition, data, advance))
            for line in _lines(outcomes[-1]):
                out.print(line, markup=False, highlight=False)
    if update:
        made = {o.condition.name: renewed(o.condition, o.run) for o in outcomes if o.run}
        save_conditions([made.get(c.name, c) for c in conditions], file)
    if write:
        write.write_text(page(outcomes), "utf-8")
    if any(o.status == "FAIL" for o in outcomes) and not update:
        raise typer.Exit(1)


def _lines(outcome: Outcome) -> Iterator[str]:
    yield f"{outcome.status:<8} {outcome.condition.name}" + (f"  {outcome.reason}" if outcome.reason else "")
    for key, expected, got in outcome.off:
        low, high = outcome.condition.expect[key][1:]
        said = "missing" if got is None else f"{got:.4f}"
        wanted = f"{expected:.4f} ± {outcome.condition.tolerance:g}, interval {low:.3f} to {high:.3f}"
        yield f"         {key}: {said}, expected {wanted}"


if __name__ == "__main__":
    from eval.cli import run_alone

    run_alone(app)

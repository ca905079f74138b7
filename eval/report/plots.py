"""Plots as SVG, drawn for a page of any width: each is small enough for a phone and is never scaled up.

Every function takes figures and gives markup; every text in it is escaped. Words are in English and in
Chinese, each in its own element, and the page shows one of them. Series differ by colour (chosen to be told
apart with any colour vision, and by the page's style sheet for light and dark) and by the shape of their
marks. Nothing is computed here but places.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

WIDTH, HEIGHT = 344, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 12, 12, 42
Point = tuple[float, float]


class Both(NamedTuple):
    """The same words in both languages."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Series:
    """A named line of points. `nth` gives its colour and its mark."""

    name: str
    nth: int
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis from `low` to `high`; a logarithmic one needs a `low` above 0."""

    label: Both
    high: float = 1.0
    low: float = 0.0
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """How far along the axis a value is, 0 to 1."""
        low, high, value = (
            (math.log(self.low), math.log(self.high), math.log(max(value, self.low)))
            if self.logarithmic
            else (self.low, self.high, value)
        )
        return min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 0.0

    @property
    def ticks(self) -> tuple[float, ...]:
        if self.logarithmic:
            first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            return tuple(10.0**power for power in range(first, last + 1))
        return tuple(self.low + (self.high - self.low) * step / 4 for step in range(5))


def ceiling(value: float) -> float:
    """The next round number: 1, 2 or 4 times a power of ten, so that its quarters are round too."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(value))
    return next(power * step for step in (1, 2, 4, 10) if power * step >= value * (1 - 1e-9))


def number(value: float) -> str:
    """A number as an axis shows it."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def text(words: Both, **attributes: str | float) -> Markup:
    """A text element in each language."""
    given = Markup(" ").join(Markup('{}="{}"').format(k.replace("_", "-"), v) for k, v in attributes.items())
    return Markup('<text class="en" lang="en" {0}>{1}</text><text class="zh" lang="zh" {0}>{2}</text>').format(
        given, words.en, words.zh
    )


def svg(title: Both, description: Both, body: Iterable[Markup], *, width: int = WIDTH, height: int = HEIGHT) -> Markup:
    """A plot with its name and what it shows for those who can't see it. The page's script keeps the two in
    the reader's language; without it they are in English."""
    return Markup(
        '<svg class="plot" role="img" viewBox="0 0 {w} {h}" width="{w}" height="{h}">'
        '<title data-en="{t.en}" data-zh="{t.zh}">{t.en}</title>'
        '<desc data-en="{d.en}" data-zh="{d.zh}">{d.en}</desc>{body}</svg>'
    ).format(w=width, h=height, t=title, d=description, body=Markup("").join(body))


def mark(nth: int, x: float, y: float, size: float = 4.5) -> Markup:
    """A series' mark: a circle, a square, a triangle, a diamond, a cross or a star-like plus."""
    shape = (
        Markup('<circle cx="{x:.1f}" cy="{y:.1f}" r="{s}"/>'),
        Markup('<rect x="{l:.1f}" y="{t:.1f}" width="{d}" height="{d}"/>'),
        Markup('<path d="M{x:.1f},{t:.1f}L{r:.1f},{b:.1f}H{l:.1f}Z"/>'),
        Markup('<path d="M{x:.1f},{t:.1f}L{r:.1f},{y:.1f}L{x:.1f},{b:.1f}L{l:.1f},{y:.1f}Z"/>'),
        Markup('<path class="stroke" d="M{l:.1f},{t:.1f}L{r:.1f},{b:.1f}M{r:.1f},{t:.1f}L{l:.1f},{b:.1f}"/>'),
        Markup('<path class="stroke" d="M{x:.1f},{t:.1f}V{b:.1f}M{l:.1f},{y:.1f}H{r:.1f}"/>'),
    )[nth % 6]
    drawn = shape.format(x=x, y=y, s=size, d=2 * size, l=x - size, r=x + size, t=y - size, b=y + size)
    return Markup('<g class="s{}">{}</g>').format(nth % 6, drawn)


def interval(nth: int, value: float, low: float, high: float, top: float) -> Markup:
    """One row of a forest plot, 0 to `top`: the interval as a line, the figure as its mark. It is as wide as
    its cell (places are percentages), and stands beside the numbers, so it is not read out."""
    at = [f"{100 * min(1.0, max(0.0, v / top)):.2f}%" for v in (value, low, high)]
    return Markup(
        '<svg class="forest" aria-hidden="true" height="24" width="100%">'
        '<g class="s{n}"><line class="whisker" x1="{low}" x2="{high}" y1="12" y2="12"/>'
        '<line class="whisker" x1="{low}" x2="{low}" y1="8" y2="16"/>'
        '<line class="whisker" x1="{high}" x2="{high}" y1="8" y2="16"/></g>'
        '<svg x="{at}" overflow="visible" height="24">{mark}</svg></svg>'
    ).format(n=nth % 6, at=at[0], low=at[1], high=at[2], mark=mark(nth, 0, 12))


def scale() -> Markup:
    """The numbers above the rows of a forest plot."""
    marks = ((0, "start", "0"), (25, "middle", "¼"), (50, "middle", "½"), (75, "middle", "¾"), (100, "end", "1"))
    return Markup('<svg class="scale" role="img" aria-label="0–1" height="16" width="100%">{}</svg>').format(
        Markup("").join(
            Markup('<text class="tick" x="{}%" y="12" text-anchor="{}">{}</text>').format(*each) for each in marks
        )
    )


class _Frame:
    """The part of a plot in which points are placed, with its axes around it."""

    def __init__(self, x: Axis, y: Axis, height: int = HEIGHT, left: int = _LEFT) -> None:
        self.x_axis, self.y_axis, self.height, self.left = x, y, height, left

    def x(self, value: float) -> float:
        return self.left + self.x_axis.share(value) * (WIDTH - self.left - _RIGHT)

    def y(self, value: float) -> float:
        return self.height - _BOTTOM - self.y_axis.share(value) * (self.height - _TOP - _BOTTOM)

    def axes(self) -> Markup:
        """Grid lines, their numbers, and the axes' names."""
        bottom, right = self.height - _BOTTOM, WIDTH - _RIGHT
        drawn = [
            Markup(
                '<line class="grid" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>'
                '<text class="tick" text-anchor="middle" x="{0:.1f}" y="{3}">{4}</text>'
            ).format(self.x(tick), _TOP, bottom, bottom + 16, number(tick))
            for tick in self.x_axis.ticks
        ]
        drawn += [
            Markup(
                '<line class="grid" x1="{1}" x2="{2}" y1="{0:.1f}" y2="{0:.1f}"/>'
                '<text class="tick" text-anchor="end" x="{3}" y="{4:.1f}">{5}</text>'
            ).format(self.y(tick), self.left, right, self.left - 6, self.y(tick) + 4, number(tick))
            for tick in self.y_axis.ticks
        ]
        middle = (_TOP + bottom) / 2
        drawn.append(
            text(
                self.x_axis.label,
                x=(self.left + right) / 2,
                y=self.height - 6,
                text_anchor="middle",
                fill="currentColor",
            )
        )
        turned = f"rotate(-90 12 {middle})"
        drawn.append(
            text(self.y_axis.label, x=12, y=middle, text_anchor="middle", transform=turned, fill="currentColor")
        )
        return Markup("").join(drawn)

    def line(self, series: Series, *, steps: bool, marks: bool) -> Markup:
        """A series as a line, in steps where a figure holds until the next one."""
        places = [(self.x(x), self.y(y)) for x, y in series.points]
        path = "".join(
            f"{'M' if not n else 'L'}{x:.1f},{y:.1f}" if not (steps and n) else f"H{x:.1f}V{y:.1f}"
            for n, (x, y) in enumerate(places)
        )
        drawn = Markup('<path class="line s{}" d="{}"/>').format(series.nth % 6, path)
        shown = places if marks else places[-1:]
        return drawn + Markup("").join(mark(series.nth, x, y, 3.5) for x, y in shown)


def curve(
    title: Both,
    description: Both,
    x: Axis,
    y: Axis,
    lines: Sequence[Series],
    *,
    steps: bool = False,
    marks: bool = False,
    diagonal: bool = False,
) -> Markup:
    """Lines in a frame with two axes. `diagonal`: the line on which y equals x is drawn to compare with."""
    frame = _Frame(x, y)
    body = [frame.axes()]
    if diagonal:
        ends = tuple(frame.x(end) if n < 2 else frame.y(end) for n, end in enumerate((x.low, x.high, y.low, y.high)))
        body.append(Markup('<line class="diagonal" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(*ends))
    body += [frame.line(series, steps=steps, marks=marks) for series in lines if series.points]
    return svg(title, description, body)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of counts on top of one another; `parts` are (the style class of an outcome, its count)."""

    name: Both
    parts: tuple[tuple[str, int], ...]


def bars(title: Both, description: Both, rows: Sequence[Bar]) -> Markup:
    """Bars from left to right, each as wide as the whole plot: the shares of a group's counts, each count
    written in its part where there is room, the number of questions at the end."""
    left, right, tall, gap = 96, 34, 18, 8
    body: list[Markup] = []
    for n, row in enumerate(rows):
        top = n * (tall + gap)
        body.append(text(row.name, x=left - 8, y=top + 13, text_anchor="end", fill="currentColor"))
        body.append(_stack(row.parts, left, top, WIDTH - left - right, tall))
        total = sum(count for _, count in row.parts)
        body.append(Markup('<text class="tick" x="{}" y="{}">{}</text>').format(WIDTH - right + 6, top + 13, total))
    return svg(title, description, body, height=max(1, len(rows)) * (tall + gap))


def _stack(parts: Sequence[tuple[str, int]], left: float, top: float, width: float, tall: float) -> Markup:
    drawn: list[Markup] = []
    total = sum(count for _, count in parts) or 1
    for outcome, count in parts:
        wide = width * count / total
        if count:
            drawn.append(
                Markup('<rect class="o-{}" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>').format(
                    outcome, left, top, wide, tall
                )
            )
        if wide >= 8 + 7 * len(str(count)):
            drawn.append(
                Markup('<text class="count i-{}" text-anchor="middle" x="{:.1f}" y="{}">{}</text>').format(
                    outcome, left + wide / 2, top + 13, count
                )
            )
        left += wide
    return Markup("").join(drawn)


def cumulative(values: Sequence[float]) -> tuple[Point, ...]:
    """The empirical distribution function: (value, share of values that are not larger)."""
    ordered = sorted(values)
    return tuple((value, (n + 1) / len(ordered)) for n, value in enumerate(ordered))


def latency(
    title: Both, describe: Callable[[Axis], Both], label: Both, runs: Sequence[tuple[str, Sequence[float]]]
) -> Markup:
    """How the time to answer is distributed, a line a run; on a logarithmic axis where the slowest took more
    than thirty times as long as the quickest."""
    every = [max(value, 1e-3) for _, values in runs for value in values]
    spread = max(every) > 30 * min(every)
    low = 10.0 ** math.floor(math.log10(min(every))) if spread else 0.0
    high = 10.0 ** math.ceil(math.log10(max(every))) if spread else ceiling(max(every))
    axis = Axis(label, high, low, spread)
    lines = [Series(name, nth, ((low, 0.0), *cumulative(values))) for nth, (name, values) in enumerate(runs) if values]
    return curve(title, describe(axis), axis, Axis(Both("share of questions", "问题占比")), lines, steps=True)

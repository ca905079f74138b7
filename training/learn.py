"""Training: texts that belong together get near, in two ways at once.

- As wholes: the mean of a text's token vectors, by cosine, with the other texts of the batch as negatives
  (van den Oord et al. 2018, InfoNCE).
- Token by token: each token of one side with the best of the other (ColBERT's late interaction, Khattab & Zaharia
  2020), weighted by the length of its vector. So a vector's length learns what a token matters, and its direction
  what it means.

Half of the negatives are neighbours in the same document, which are hard. Questions and passages have their words
changed for those of the other language (`dictionary.py`) in more than half of the batches, since there are no
questions in one language about passages in the other to learn from.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F

from training.tokens import Ids, Side, read_tokens

# How often a batch is drawn from a source; those that are not named here are small, and drawn from together.
SHARES = {
    "msdocs": 5, "tw_law": 8, "python_docs": 2, "django_docs": 2, "tensorflow_docs": 2, "m3am": 4, "tatoeba": 5,
    "cedict": 10, "questions": 30, "headings_zh": 9, "headings_en": 3, "headings_zh_en": 5, "headings_en_zh": 5,
    "cloze_sections": 7, "cloze_statutes": 8,
}  # fmt: skip
_SMALL, _SMALL_SHARE = "small", 4
# Sources whose neighbours are no harder than others, and those whose first side asks and second side tells.
_UNORDERED = frozenset({"cedict", "tatoeba"})
_ASKING = ("questions", "headings", "cloze")
# Neighbours that are drawn together: the questions about some paragraphs of one article, or sections of a page.
_BLOCK, _QUESTIONS_BLOCK = 20, 40
_LONGEST_A, _LONGEST_B = 96, 160
_QUERY, _PASSAGE = 32, 90  # tokens that late interaction looks at
_SCALE, _LATE_SCALE = 20.0, 40.0
_SWITCHED, _SWITCHED_TOKENS = 0.6, 0.9
_MOMENTUM, _SECOND = 0.9, 0.99
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how: `batch` pairs as wholes, the first `late` of them token by token too."""

    minutes: float = 45
    rate: float = 4e-3
    batch: int = 1024
    late: int = 192
    seed: int = 0


@dataclass(slots=True)
class Adam:
    """Adam (Kingma & Ba 2015) over the rows that a step touches, with one second moment a row."""

    vectors: torch.Tensor
    steps: torch.Tensor = field(init=False)
    mean: torch.Tensor = field(init=False)
    square: torch.Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.steps, self.square = torch.zeros(len(self.vectors)), torch.zeros(len(self.vectors))
        self.mean = torch.zeros_like(self.vectors)

    def step(self, rows: torch.Tensor, gradient: torch.Tensor, rate: float) -> None:
        self.steps[rows] += 1
        steps = self.steps[rows]
        mean = self.mean[rows].mul_(_MOMENTUM).add_(gradient, alpha=1 - _MOMENTUM)
        square = self.square[rows].mul_(_SECOND).add_(gradient.pow(2).mean(1), alpha=1 - _SECOND)
        self.mean[rows], self.square[rows] = mean, square
        scale = (square / (1 - _SECOND**steps)).sqrt() + 1e-8
        self.vectors[rows] -= rate * (mean / (1 - _MOMENTUM**steps)[:, None]) / scale[:, None]


def learn(work: Path, plan: Plan) -> None:
    """Trains from `start.npy` and writes `vectors.npy`; on the way, `vectors.partial.npy`."""
    sources = _sources(work)
    switch = _Switch(work, plan.seed)
    draw = np.random.default_rng(plan.seed)
    vectors = torch.from_numpy(np.load(work / "start.npy").astype(np.float32))
    adam = Adam(vectors)
    names = list(sources)
    shares = np.array([SHARES.get(name, _SMALL_SHARE) for name in names], float)
    began, step = time.monotonic(), 0
    losses: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    while (done := (time.monotonic() - began) / 60 / plan.minutes) < 1:
        name = names[draw.choice(len(names), p=shares / shares.sum())]
        near, rows = _rows(name, len(sources[name][0]), plan, draw)
        a, b = sources[name][0].take(rows, _LONGEST_A), sources[name][1].take(rows, _LONGEST_B)
        keep = [i for i in range(len(rows)) if len(a[i]) and len(b[i])]
        late = sum(i < near for i in keep)
        a, b = [a[i] for i in keep], [b[i] for i in keep]
        same = _same(a, b)
        if name.startswith(_ASKING) and draw.random() < _SWITCHED:
            a, b = (switch(a), b) if draw.random() < 0.5 else (a, switch(b))
        asks = name.startswith(_ASKING) or draw.random() < 0.5
        rate = plan.rate * min(1, (step + 1) / 50) * (0.03 + 0.97 * 0.5 * (1 + np.cos(np.pi * done)))
        losses[name].append(_step(adam, a, b, same, late, asks, rate, draw))
        step += 1
        if step % 100 == 0:
            told = {name: tuple(np.mean(some, axis=0).round(3).tolist()) for name, some in losses.items() if some}
            print(f"{done:4.0%} step {step} loss (whole, late) {told}", flush=True)  # noqa: T201
            losses = {name: [] for name in names}
        if step % 500 == 0:
            np.save(work / "vectors.partial.npy", vectors.numpy())
    np.save(work / "vectors.npy", vectors.numpy())


def _sources(work: Path) -> dict[str, tuple[Side, Side]]:
    sources = read_tokens(work)
    small = [sources.pop(name) for name in list(sources) if name not in SHARES]
    return sources | {_SMALL: (_joined([a for a, _ in small]), _joined([b for _, b in small]))}


def _joined(sides: list[Side]) -> Side:
    shifts = np.cumsum([0, *(len(side.ids) for side in sides)])
    ends = [side.ends[:-1] + shift for side, shift in zip(sides, shifts[:-1], strict=True)]
    return Side(np.concatenate([side.ids for side in sides]), np.concatenate([*ends, shifts[-1:]]))


class _Switch:
    """Changes the words of texts for those of the other language, as the dictionary has them."""

    def __init__(self, work: Path, seed: int) -> None:
        with np.load(work / "dictionary.npz") as z:
            self._tokens, weights = z["tokens"].astype(np.int32), z["weights"]
        total = weights.sum(axis=1, keepdims=True)
        self._upto = np.divide(np.cumsum(weights, axis=1), total, out=np.zeros_like(weights), where=total > 0)
        self._known = total[:, 0] > 0
        self._draw = np.random.default_rng(seed + 1)

    def __call__(self, texts: list[Ids]) -> list[Ids]:
        ids = np.concatenate(texts)
        chosen = self._known[ids] & (self._draw.random(len(ids)) < _SWITCHED_TOKENS)
        pick = (self._draw.random(len(ids))[:, None] > self._upto[ids]).sum(axis=1).clip(0, self._upto.shape[1] - 1)
        changed = np.where(chosen, self._tokens[ids, pick], ids)
        return np.split(changed, np.cumsum([len(text) for text in texts])[:-1])


def _rows(name: str, size: int, plan: Plan, draw: np.random.Generator) -> tuple[int, npt.NDArray[np.int64]]:
    """The numbers of a batch's pairs, neighbours first, and how many of them are neighbours."""
    block = 1 if name in _UNORDERED else _QUESTIONS_BLOCK if name == "questions" else _BLOCK
    starts = draw.integers(0, max(1, size - block), max(1, plan.late // block))
    near = np.unique(np.concatenate([np.arange(start, min(size, start + block)) for start in starts]))
    rest = draw.integers(0, size, max(0, plan.batch - len(near)))
    return len(near), np.concatenate([near, rest])


def _same(a: list[Ids], b: list[Ids]) -> torch.Tensor:
    """Which pairs are no negatives of each other, since a side of them is the same: shape (pairs, pairs)."""
    sides = [np.unique([text.tobytes() for text in side], return_inverse=True)[1] for side in (a, b)]
    same = torch.from_numpy((sides[0][:, None] == sides[0]) | (sides[1][:, None] == sides[1]))
    return same.fill_diagonal_(False)


def _step(
    adam: Adam,
    a: list[Ids],
    b: list[Ids],
    same: torch.Tensor,
    late: int,
    asks: bool,
    rate: float,
    draw: np.random.Generator,
) -> tuple[float, float]:
    used, place = np.unique(np.concatenate([*a, *b]), return_inverse=True)
    rows = torch.from_numpy(used.astype(np.int64))
    vectors = adam.vectors[rows].requires_grad_(True)
    local = np.split(place, np.cumsum([len(text) for text in (*a, *b)])[:-1])
    left, right = local[: len(a)], local[len(a) :]
    scores = (_means(vectors, left) @ _means(vectors, right).T * _SCALE).masked_fill(same, -1e4)
    target = torch.arange(len(a))
    whole = (F.cross_entropy(scores, target) + F.cross_entropy(scores.T, target)) / 2
    query, passage = (left, right) if asks else (right, left)
    scores = _late(vectors, query[:late], passage[:late], draw) * _LATE_SCALE
    scores = scores.masked_fill(same[:late, :late], -1e4)
    tokens = (F.cross_entropy(scores, target[:late]) + 0.5 * F.cross_entropy(scores.T, target[:late])) / 1.5
    if not torch.isfinite(whole + tokens):
        raise FloatingPointError("the loss is no number; start again with a smaller rate")
    (whole + tokens).backward()
    assert vectors.grad is not None
    adam.step(rows, vectors.grad, rate)
    return whole.item(), tokens.item()


def _means(vectors: torch.Tensor, texts: list[npt.NDArray[np.int64]]) -> torch.Tensor:
    starts = torch.from_numpy(np.cumsum([0, *(len(text) for text in texts[:-1])]))
    means = F.embedding_bag(torch.from_numpy(np.concatenate(texts)), vectors, starts, mode="mean")
    return F.normalize(means)


def _late(
    vectors: torch.Tensor,
    queries: list[npt.NDArray[np.int64]],
    passages: list[npt.NDArray[np.int64]],
    draw: np.random.Generator,
) -> torch.Tensor:
    """Each query's score with each passage, 0 to 1: shape (queries, passages). The best match of a token is found
    without a gradient, which then flows through it alone."""
    asked = [np.unique(_window(query, draw)) for query in queries]
    told = [np.unique(passage) for passage in passages]
    told = [p if len(p) <= _PASSAGE else draw.permutation(p)[:_PASSAGE] for p in told]
    query_tokens, at = np.unique(np.concatenate(asked), return_inverse=True)
    passage_tokens = np.unique(np.concatenate(told))
    padded = np.full((len(told), max(map(len, told))), -1)
    for row, tokens in zip(padded, told, strict=True):
        row[: len(tokens)] = np.searchsorted(passage_tokens, tokens)
    cells, absent = torch.from_numpy(padded), torch.from_numpy(padded < 0)
    query_vectors = vectors[torch.from_numpy(query_tokens)]
    cosines = F.normalize(query_vectors) @ F.normalize(vectors[torch.from_numpy(passage_tokens)]).T
    best = _best(cosines.detach(), cells, absent)
    matched = cosines.gather(1, best).clamp(min=0) ** 2
    rows = torch.from_numpy(np.repeat(np.arange(len(asked)), [len(query) for query in asked]))
    where = torch.from_numpy(at)
    weights = query_vectors.norm(dim=1)[where]
    total = torch.zeros(len(asked)).index_add(0, rows, weights)
    score = torch.zeros(len(asked), len(told)).index_add(0, rows, matched[where] * weights[:, None])
    return score / total.clamp(min=_TINY)[:, None]  # a token without a vector weighs nothing


def _window(query: npt.NDArray[np.int64], draw: np.random.Generator) -> npt.NDArray[np.int64]:
    if len(query) <= _QUERY:
        return query
    start = int(draw.integers(0, len(query) - _QUERY + 1))
    return query[start : start + _QUERY]


def _best(cosines: torch.Tensor, cells: torch.Tensor, absent: torch.Tensor) -> torch.Tensor:
    """For each query token and passage the passage's token that is nearest: shape (query tokens, passages). In
    slices, to bound the memory."""
    flat, passages = cells.clamp(min=0).reshape(-1), torch.arange(len(cells))
    found = []
    for some in cosines.split(256):
        near = some.index_select(1, flat).view(-1, *cells.shape).masked_fill(absent, -2)
        found.append(cells[passages[None, :], near.argmax(-1)])
    return torch.cat(found)

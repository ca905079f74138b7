"""The English verbs of official prose that the set maker can ask with, in their forms."""

from __future__ import annotations

from functools import cache

_REGULAR = (
    "want call name count list cover include contain comprise plan publish issue adopt approve announce launch"
    " establish require allow offer receive employ serve open start support fund provide expect propose recommend"
    " report record register train operate promote release use need consist group divide describe specify survey"
    " split measure collect inspect visit plant repair replace reduce increase host award charge last"
    " accept reject complete"
)
_IRREGULAR = {
    base: (third, past)
    for base, third, past in (
        forms.split("/")
        for forms in (
            "have/has/had set/sets/set give/gives/gave make/makes/made take/takes/took run/runs/ran hold/holds/held "
            "build/builds/built begin/begins/began spend/spends/spent see/sees/saw sign/signs/signed win/wins/won "
            "meet/meets/met sell/sells/sold buy/buys/bought pay/pays/paid cost/costs/cost"
        ).split()
    )
}


@cache
def verbs() -> dict[str, tuple[str, str]]:
    """Each form of a known verb: the word that asks with it ("do", "does", "did") and its base."""
    forms: dict[str, tuple[str, str]] = {}
    for base in _REGULAR.split():
        third = base + ("es" if base.endswith(("sh", "ch", "s", "x")) else "s")
        past = base + ("d" if base.endswith("e") else "ed")
        forms |= {past: ("did", base), third: ("does", base), base: ("do", base)}
    forms |= {"planned": ("did", "plan")}
    for base, (third, past) in _IRREGULAR.items():
        forms |= {past: ("did", base), third: ("does", base), base: ("do", base)}
    return forms

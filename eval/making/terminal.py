"""The person's side of annotating: a proposal on the terminal, and what is to be done with it, a key at a time."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from corpus.errors import BadInput
from eval.making.annotate import Decision, Item, confirmed, nuggets_line, warnings, with_nuggets, with_question
from eval.questions import GoldQuestion

_MOST_SHOWN = 6
_KEYS = {
    "en": "[a]ccept  [q]uestion  [n]uggets  [s]kip  e[x]it: ",
    "zh": "a 接受  q 改问题  n 改要点  s 跳过  x 退出：",
}
_WORDS = {
    "en": ("question (empty keeps it): ", "nuggets, as A | alternative ; B (empty keeps them, - for unanswerable): "),
    "zh": ("问题（留空不改）：", "要点，格式 A | 替代说法 ; B（留空不改，- 表示无法回答）："),
}


class Terminal:
    """Shows proposals on a console and reads decisions with `ask`, which gets a prompt and returns a line."""

    def __init__(self, console: Console, ask: Callable[[str], str], language: str) -> None:
        self._console, self._ask = console, ask
        self._language = "zh" if language == "zh" else "en"

    def decide(self, item: Item, record: GoldQuestion, left: int) -> tuple[Decision, GoldQuestion]:
        """Asks until it is clear what to do; the end of the input is an exit."""
        self._show(item, record, left)
        while True:
            try:
                key = self._ask(_KEYS[self._language]).strip().lower()[:1]
                if key == "a":
                    return "accept", confirmed(record)
                if key == "s":
                    return "skip", record
                if key == "x":
                    return "quit", record
                if key in ("q", "n"):
                    record = self._edit(record, key)
                    self._show(item, record, left)
            except EOFError:
                return "quit", record

    def _edit(self, record: GoldQuestion, key: str) -> GoldQuestion:
        said = self._ask(_WORDS[self._language][key == "n"]).strip()
        if not said:
            return record
        try:
            return with_nuggets(record, said) if key == "n" else with_question(record, said)
        except BadInput as error:
            self._print(error.text(self._language), "red")
            return record

    def _show(self, item: Item, record: GoldQuestion, left: int) -> None:
        self._console.rule()
        self._print(f"{record.question}", "bold")
        self._print(f"{record.id} · {record.lang} · {record.type} · {left}", "dim")
        if item.said:
            self._print(item.said, "dim")
        shown = item.contexts if record.answerable else ()
        for context in shown[:_MOST_SHOWN]:
            quote = Text.assemble(
                f"{context.source}: …", context.before, (context.quote, "black on yellow"), context.after, "…"
            )
            self._console.print(quote if self._console.is_terminal else _marked(quote.plain, context.quote))
        if len(shown) > _MOST_SHOWN:
            self._print(f"… +{len(shown) - _MOST_SHOWN}", "dim")
        self._print(nuggets_line(record) if record.answerable else "—", "green")
        for en, zh in warnings(record):
            self._print(zh if self._language == "zh" else en, "red")

    def _print(self, text: str, style: str) -> None:
        self._console.print(text, style=style, markup=False, highlight=False)


def _marked(text: str, quote: str) -> Text:
    """The text with the quote between marks, where colours can't be seen."""
    return Text(text.replace(quote, f"»{quote}«", 1))

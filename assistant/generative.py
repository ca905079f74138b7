"""The answerer with a language model: it writes, and only what its citations support is said.

Any llama-index `LLM` will do; the one here speaks to an OpenAI-compatible endpoint (vLLM, Ollama,
llama.cpp, hosted services). Its text is cut into sentences as it arrives; each is checked against the
passages it cites before anyone sees it, and dropped where they do not support it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.answers import Draft
from assistant.marks import numbers, without_marks
from assistant.verification import verify
from corpus.document import Document
from corpus.errors import Unavailable
from corpus.sentences import sentences
from indexing.retrieval import Hit
from indexing.tokens import count_tokens
from prompts import render

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_REFUSALS = ("NOT IN THE DOCUMENTS", "文件中没有说明")
# A sentence with the citations that follow it, before or after its full stop.
_SENTENCE = re.compile(
    r".+?(?:[。！？!?](?![\"”’」])|\.(?=\s|[\[【［]|$)|\n|$)(?:\s*[\[【［][^\]】］\n]{1,40}[\]】］])*", re.S
)
# What follows a sentence and could still turn out to be its citation.
_MAY_BECOME_MARK = re.compile(r"\s*(?:[\[【［][^\]】］]{0,40})?")
_ANSWER_TOKENS = 1024


class Writer:
    """Writes answers with a language model. `context` is the model's window in tokens."""

    def __init__(self, llm: LLM, name: str, context: int) -> None:
        self._llm = llm
        self.name = name
        self._context = context

    def write(
        self, question: str, hits: Sequence[Hit], documents: Mapping[str, Document], language: str
    ) -> Iterator[Draft]:
        """The supported sentences, one by one as they are finished; none where the model declines.
        Raises `Unavailable` where the model does not answer."""
        given = self._fitting(question, hits, language)
        for sentence in self._sentences(render("answer", language, question=question, passages=passages(given))):
            draft = _check(sentence, given, documents)
            if draft is not None:
                yield draft

    def _fitting(self, question: str, hits: Sequence[Hit], language: str) -> list[Hit]:
        """The best hits that the model's window holds beside the prompt and the answer."""
        empty = render("answer", language, question=question, passages="")
        room = self._context - _ANSWER_TOKENS - count_tokens(empty)
        given: list[Hit] = []
        for hit in hits:
            room -= count_tokens(_passage(len(given) + 1, hit))
            if room < 0:
                break
            given.append(hit)
        if not given:
            raise Unavailable(
                f"the language model's window of {self._context} tokens holds no passage; raise YIJU_LLM_CONTEXT",
                f"语言模型的上下文长度（{self._context}）容不下任何段落；请调大 YIJU_LLM_CONTEXT",
            )
        return given

    def _sentences(self, prompt: str) -> Iterator[str]:
        """The model's sentences with the marks that follow them, as soon as the next one has begun."""
        pending = ""
        for delta in self._deltas(prompt):
            pending += delta
            *complete, pending = [part for part in _SENTENCE.findall(pending) if part] or [""]
            if complete and _MAY_BECOME_MARK.fullmatch(pending):
                pending = complete.pop() + pending
            yield from complete
        yield pending

    def _deltas(self, prompt: str) -> Iterator[str]:
        import openai
        from llama_index.core.llms import ChatMessage

        try:
            for response in self._llm.stream_chat([ChatMessage(role="user", content=prompt)]):
                yield response.delta or ""
        except openai.OpenAIError as error:
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise Unavailable(
                f"the language model {self.name} does not answer ({reason}); check YIJU_LLM_URL, "
                "YIJU_LLM_MODEL and YIJU_LLM_API_KEY, or ask with answerer extractive",
                f"语言模型 {self.name} 没有正常应答（{reason}）；请检查 YIJU_LLM_URL、"
                "YIJU_LLM_MODEL 与 YIJU_LLM_API_KEY，或将 answerer 设为 extractive",
            ) from error


def load_writer(url: str, model: str, api_key: str | None, context: int, timeout: float) -> Writer:
    """A writer on an OpenAI-compatible endpoint. Nothing is asked of it until the first question."""
    return Writer(load_model(url, model, api_key, context, timeout, _ANSWER_TOKENS), model, context)


def load_model(url: str, model: str, api_key: str | None, context: int, timeout: float, tokens: int) -> LLM:
    """A model at an OpenAI-compatible endpoint that says at most `tokens` at a time, always the same."""
    from llama_index.llms.openai_like import OpenAILike

    return OpenAILike(  # type: ignore[no-any-return]
        model=model,
        api_base=url,
        api_key=api_key or "none",
        is_chat_model=True,
        context_window=context,
        max_tokens=tokens,
        temperature=0.0,
        timeout=timeout,
        max_retries=2,
    )


def passages(hits: Sequence[Hit]) -> str:
    """Hits as a model is given them, numbered from 1."""
    return "\n".join(_passage(number, hit) for number, hit in enumerate(hits, 1))


def _passage(number: int, hit: Hit) -> str:
    """A passage between marks that its text can't close: its own angle brackets become ‹ and ›."""
    place = " › ".join((hit.title, *hit.headings))
    inside = f"{place}\n{hit.text}".replace("<", "‹").replace(">", "›")
    return f'<passage n="{number}">\n{inside}\n</passage>'


def _check(sentence: str, given: Sequence[Hit], documents: Mapping[str, Document]) -> Draft | None:
    """The sentence if what it cites supports it. Only passages that were given count as cited."""
    text = without_marks(sentence).strip()
    if not text or any(refusal in text for refusal in _REFUSALS):
        return None
    cited = [given[n - 1] for n in numbers(sentence) if 1 <= n <= len(given)]
    if not cited or not verify(text, "\n".join(hit.text for hit in cited)).supported:
        return None
    spans = tuple((hit, *_narrow(text, hit, documents[hit.document_id])) for hit in cited)
    quotes = "\n".join(documents[hit.document_id].quote(start, end) for hit, start, end in spans)
    return Draft(text, spans, verify(text, quotes).support)


def _narrow(text: str, hit: Hit, document: Document) -> tuple[int, int]:
    """The sentence of a cited passage that supports the statement by itself, or the whole passage."""
    best: tuple[float, int, int] | None = None
    for start, end in sentences(document.text, hit.start, hit.end):
        verdict = verify(text, document.quote(start, end))
        if verdict.supported and (best is None or verdict.support > best[0]):
            best = (verdict.support, start, end)
    return (best[1], best[2]) if best else (hit.start, hit.end)

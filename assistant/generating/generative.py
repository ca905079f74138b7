"""The answerer with a language model: it writes, and only what its citations support is said.

Its text is cut into sentences as it comes (`assistant.generating.sentence_stream`); each is checked against the
passages that it cites before anyone sees it (`assistant.checking.verification`). Only what was given can be cited, a
sentence that cites nothing has no support, and no citation is added to what the model cites.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from assistant import texts
from assistant.answers import Draft, Language
from assistant.checking.verification import SUPPORT, Verdict, favourable, verify
from assistant.checking.verification import Model as Verifier
from assistant.generating.language_model import LanguageModel
from assistant.generating.model_text import addresses, plain
from assistant.generating.prompting import fitting, prompt_of
from assistant.generating.sentence_stream import LONGEST, Cut, SentenceStream
from assistant.stopwatch import Stopwatch
from corpus.document import Document
from corpus.errors import BadReply
from corpus.sentences import sentences
from indexing.retrieval import Hit

_REFUSALS = ("NOT IN THE DOCUMENTS", "文件中没有说明")
# What is read of one reply at most: characters for each token that the model may write, and sentences.
_CHARACTERS_A_TOKEN = 12
_MOST_SENTENCES = 60
# A sentence of a passage is compared with the statement if it is among those that share most with it.
_NEAREST = 3

Span = tuple[Hit, int, int]


class Writer:
    """Writes answers with a language model. With `keep_unsupported` sentences without support are written too, with
    the reason; else only those that are supported, and translations that are partly. `verifier` is a model that may
    judge, too (`assistant.checking.verification`)."""

    def __init__(
        self, model: LanguageModel, *, keep_unsupported: bool = False, verifier: Verifier | None = None
    ) -> None:
        self._model = model
        self._verifier = verifier
        self._keep_unsupported = keep_unsupported
        self.name = model.name

    def complete(self, prompt: str) -> str:
        """The model's whole reply to a prompt. Raises `Unavailable`."""
        return self._model.complete(prompt)

    def write(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        language: Language,
        verifying: Stopwatch,
    ) -> Iterator[Draft]:
        """The sentences one by one as they are finished, each once; none where the model declines. Raises
        `Unavailable`, before or after some sentences, where the model does not answer or not to the end."""
        options = self._model.options
        given = fitting(question, hits, language, options.context, options.tokens)
        said: set[str] = set()
        for cut in self._sentences(prompt_of(question, given, language)):
            with verifying:
                draft = checked(cut, given, documents, language, self._verifier)
            if draft is not None and draft.text not in said and (self._keep_unsupported or _may_stay(draft)):
                said.add(draft.text)
                yield draft

    def _sentences(self, prompt: str) -> Iterator[Cut]:
        """What the model writes, cut into sentences. Raises `BadReply` behind the last where it is not all."""
        stream, reply = SentenceStream(), self._model.stream(prompt)
        room, count = self._model.options.tokens * _CHARACTERS_A_TOKEN, 0
        for piece in reply:
            for cut in stream.add(piece[: max(room, 0)]):
                count += 1
                yield cut
            room -= len(piece)
            if room < 0 or count > _MOST_SENTENCES:
                raise self._incomplete("it wrote far more than an answer", "内容过长，已停止读取")
        broke_off = reply.finish is None and stream.breaks_off()
        last = list(stream.end())
        yield from last
        if reply.finish == "length":
            raise self._incomplete(
                "it reached its limit; raise YIJU_LLM_TOKENS", "已达长度上限；请调大 YIJU_LLM_TOKENS"
            )
        if broke_off and not any(_declines(cut.text) for cut in last):
            raise self._incomplete("the connection broke off; ask again", "连接中断；请重新提问")

    def _incomplete(self, en: str, zh: str) -> BadReply:
        return BadReply(
            f"the language model {self.name} did not finish its answer: {en}",
            f"语言模型 {self.name} 没有写完回答：{zh}",
        )


def checked(
    cut: Cut,
    given: Sequence[Hit],
    documents: Mapping[str, Document],
    language: Language,
    verifier: Verifier | None = None,
) -> Draft | None:
    """The sentence with what came of checking it against what it cites; None where it says nothing. Only passages
    that were given count as cited; those that add no support to that of another are left out."""
    text = plain(cut.text[: LONGEST + 1])
    if not any(character.isalpha() for character in text) or _declines(text):
        return None
    cited = [given[number - 1] for number in cut.numbers if 1 <= number <= len(given)]
    if not cited or len(text) > LONGEST:
        reason = (texts.NOT_GIVEN if cut.numbers else texts.UNCITED)[language]
        return Draft(text, (), 0.0, "not", reason)
    alone = [hit for hit in cited if favourable(text, hit.text, _around(hit))]
    spans = tuple((hit, *_narrow(text, hit, documents[hit.document_id])) for hit in alone or cited)
    quotes = [documents[hit.document_id].quote(start, end) for hit, start, end in spans]
    verdict = verify(text, "\n".join(quotes), "\n".join({_around(hit): None for hit, _, _ in spans}), verifier)
    return _judged(text, spans, verdict, "\n".join(quotes), language)


def _judged(text: str, spans: tuple[Span, ...], verdict: Verdict, quotes: str, language: Language) -> Draft:
    if any(address not in quotes for address in addresses(text)):
        return Draft(text, spans, verdict.support, "not", texts.UNKNOWN_LINK[language])
    if texts.is_in_other_language(text, language):
        return Draft(text, spans, verdict.support, "not", texts.OTHER_THAN_ASKED[language])
    return Draft(text, spans, verdict.support, verdict.outcome, verdict.reason(language), verdict.translated)


def _may_stay(draft: Draft) -> bool:
    """A translation can't be more than partly supported; it stands beside its quote, and is marked."""
    return draft.outcome == "supported" or (draft.outcome == "partly" and draft.translated)


def _narrow(text: str, hit: Hit, document: Document) -> tuple[int, int]:
    """The sentence of a cited passage that supports the statement by itself, or two that follow each other, or the
    whole passage."""
    spans = sentences(document.text, hit.start, hit.end)
    for several in (spans, [(a[0], b[1]) for a, b in pairwise(spans)]):
        near = sorted(several, key=lambda span: -_shared(text, document.quote(*span)))[:_NEAREST]
        verdicts = [(favourable(text, document.quote(*span), _around(hit), SUPPORT), span) for span in near]
        holding = [(verdict.support, span) for verdict, span in verdicts if verdict]
        if holding:
            return max(holding, key=lambda found: found[0])[1]
    return hit.start, hit.end


def _shared(text: str, quote: str) -> float:
    """How many pairs of characters of a statement a quote has; of two with as many, the shorter."""
    return sum(text[i : i + 2] in quote for i in range(len(text) - 1)) - len(quote) / 10_000


def _around(hit: Hit) -> str:
    return "\n".join((hit.title, *hit.headings))


def _declines(text: str) -> bool:
    return any(refusal in text for refusal in _REFUSALS)

"""Our own API at a distance. Its citations are read again from its documents, span by span."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
from pydantic import ValidationError

from assistant.answers import Answer, Citation
from assistant.core import Question
from assistant.remote import Remote
from corpus.errors import Unavailable, YijuError
from eval.questions import GoldQuestion
from eval.systems.base import Response, failed, response_of

_TRIES, _PAUSE = 3, 0.5
_AGAIN = frozenset({429, 500, 502, 503, 504})


class RemoteSystem:
    """The Yiju server at `url`. Where nothing answers there, asking raises `Unavailable`; likewise where the
    first answer shows that it is no Yiju server of this version or refuses the key."""

    def __init__(
        self, url: str, *, api_key: str | None = None, top_k: int = 8, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.name = url.rstrip("/")
        self._remote = Remote(self.name, api_key, "en")
        self._top_k = top_k
        self._sleep = sleep
        self._has_answered = False

    def ask(self, gold: GoldQuestion) -> Response:
        question = Question(gold.question, history=gold.history, top_k=self._top_k)
        began = time.perf_counter()
        try:
            answer = self._patiently(question)
        except (YijuError, ValidationError) as error:
            said = _in_short(error)
            if _is_gone(error) or (not self._has_answered and _is_other(error)):
                raise self._out_of_reach(said) from error
            return failed(said, (time.perf_counter() - began) * 1000)
        self._has_answered = True
        return response_of(answer, (time.perf_counter() - began) * 1000, self._resolves)

    def _patiently(self, question: Question) -> Answer:
        for tried in range(1, _TRIES + 1):
            try:
                return self._remote.ask(question)
            except YijuError as error:
                if tried == _TRIES or error.status not in _AGAIN or isinstance(error.__cause__, httpx.ReadTimeout):
                    raise
                self._sleep(_PAUSE * tried)
        raise AssertionError

    def _resolves(self, citation: Citation) -> bool | None:
        try:
            return self._remote.text(citation.document_id, citation.start, citation.end) == citation.quote
        except YijuError as error:  # there is no such document, or it ends before; else nothing was said of it
            return False if error.status in (400, 404) else None
        except (ValueError, KeyError, TypeError):  # nor here anything sensible
            return None

    def _out_of_reach(self, why: str) -> Unavailable:
        return Unavailable(
            f"{self.name} can't be evaluated ({why}); check the address in --target, that a Yiju server of this "
            "version runs there, and YIJU_API_KEY, then run again with the same --out",
            f"无法评测 {self.name}（{why}）；请检查 --target 中的地址、该处是否运行着同一版本的 Yiju 服务以及 "
            "YIJU_API_KEY，然后用同一个 --out 重新运行",
        )

    def close(self) -> None:
        self._remote.close()


def _is_gone(error: YijuError | ValidationError) -> bool:
    """Whether nothing listens there."""
    return isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout)


def _is_other(error: YijuError | ValidationError) -> bool:
    """Whether what answers is no Yiju API of this version, or does not let us in."""
    return isinstance(error, ValidationError) or error.status in (301, 302, 307, 308, 401, 403, 404, 405)


def _in_short(error: YijuError | ValidationError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"its answer is none: {'.'.join(map(str, first['loc']))}: {first['msg']}".replace(": : ", ": ")
    if error.__cause__ is not None:
        return str(error.__cause__) or type(error.__cause__).__name__
    return " ".join(str(error).split())[:300]

"""Sends questions to the endpoint of a model: waits as it asks, tries again, and says plainly what is wrong. What is
asked and what a reply means is known to those who ask.

What the overload of a server, its rate limit (429) or the connection failed is tried again after a wait that
doubles, with jitter, or that the server names (`Retry-After`). Everything else is refused at once. The key is in
no error.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from corpus.errors import BadSetting, Unavailable, YijuError

_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
# Characters of a refusal that an error shows.
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Patience:
    """How often something is tried, the seconds to wait for a reply, and the longest wait a server may ask for."""

    tries: int
    timeout: float
    longest_wait: float


# Somebody waits for a question's answer; nobody for one batch among many.
AT_ONCE = Patience(tries=3, timeout=30, longest_wait=5)
PATIENT = Patience(tries=6, timeout=120, longest_wait=60)


@dataclass(frozen=True, slots=True)
class Service:
    """What an endpoint is to the person who set it: its name in both languages, the setting that its own begin with
    (`setting`_URL, `setting`_API_KEY), the paths that may end its address, and how to do without it or with less."""

    en: str
    zh: str
    setting: str
    paths: tuple[str, ...]
    less: str
    less_zh: str
    instead: str = ""
    instead_zh: str = ""


class _Again(Exception):
    """Worth another try, after `wait` seconds at least."""

    def __init__(self, why: str, wait: float = 0) -> None:
        super().__init__(why)
        self.wait = wait


class EndpointClient:
    """A connection to the endpoint at `url`; `host` is its host and port. Close it when done.
    Raises `BadSetting` for an address or a key that can't be one."""

    def __init__(self, service: Service, url: str, api_key: str | None) -> None:
        self._service = service
        self.url, self.host = _checked(service, url)
        if api_key and not (api_key.isascii() and api_key.isprintable()):
            raise BadSetting(
                f"{service.setting}_API_KEY has characters that no key has; copy it again",
                f"{service.setting}_API_KEY 含有密钥中不会出现的字符；请重新复制",
            )
        self._key = api_key or ""
        self._client = httpx.Client(headers={"Authorization": f"Bearer {api_key}"} if api_key else {})
        self._has_answered = False

    def ask(self, method: str, path: str, body: object, patience: Patience) -> Any:
        """The reply, read as JSON. Raises `BadSetting` where the endpoint's very first reply is a refusal, and
        `Unavailable` where it refuses later, does not answer or says what can't be read."""
        import tenacity

        backoff = tenacity.wait_exponential(multiplier=0.5, max=8) + tenacity.wait_random(0, 0.5)

        def wait(state: tenacity.RetryCallState) -> float:
            failed = state.outcome.exception() if state.outcome else None
            return max(backoff(state), failed.wait if isinstance(failed, _Again) else 0)

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Again),
            stop=tenacity.stop_after_attempt(patience.tries),
            wait=wait,
            reraise=True,
        )
        try:
            response = retrying(self._once, method, path, body, patience)
        except _Again as error:
            raise self._unavailable(str(error)) from error
        try:
            said = response.json()
        except ValueError as error:  # no JSON, or not even text
            raise self.unreadable("no JSON") from error
        self._has_answered = True
        return said

    def unreadable(self, what: str) -> Unavailable:
        """The error for a reply that holds `what` instead of what was asked for."""
        return self._unavailable(f"the reply holds {what}")

    def close(self) -> None:
        self._client.close()

    def _once(self, method: str, path: str, body: object, patience: Patience) -> httpx.Response:
        try:
            response = self._client.request(method, f"{self.url}{path}", json=body, timeout=patience.timeout)
        except httpx.TimeoutException as error:
            raise _Again(f"no answer within {patience.timeout:g} seconds") from error
        except httpx.TransportError as error:
            raise _Again(str(error) or type(error).__name__) from error
        except httpx.HTTPError as error:  # a reply that can't be decoded
            raise self._unavailable(str(error)) from error
        if response.is_success:
            return response
        if response.status_code not in _AGAIN:
            raise self._refused(response)
        wait = _asked_to_wait(response.headers.get("retry-after", ""))
        if wait > patience.longest_wait:
            raise self._unavailable(f"HTTP {response.status_code}, it asks to wait {wait:,.0f} seconds")
        raise _Again(f"HTTP {response.status_code}: {self._said(response)}", wait)

    def _refused(self, response: httpx.Response) -> YijuError:
        why = f"HTTP {response.status_code}: {self._said(response)}"
        service = self._service
        if response.status_code in (400, 413, 422):
            en = f"a text may be too long or there may be too many: {service.less}"
            zh = f"可能是文本过长或数量过多：{service.less_zh}"
        elif response.status_code in (401, 403):
            en, zh = f"check {service.setting}_API_KEY", f"请检查 {service.setting}_API_KEY"
        else:
            en = f"check {service.setting}_URL and the model's name in {service.setting}"
            zh = f"请检查 {service.setting}_URL 以及 {service.setting} 中的模型名称"
        # Before the first answer the settings are wrong; after it something has changed there.
        kind = Unavailable if self._has_answered else BadSetting
        return kind(
            f"the {service.en} {self.url} refuses ({why}); {en}{service.instead}",
            f"{service.zh} {self.url} 拒绝请求（{why}）；{zh}{service.instead_zh}",
        )

    def _unavailable(self, why: str) -> Unavailable:
        return Unavailable(
            f"the {self._service.en} {self.url} does not answer as it should ({why}); check that it runs, "
            f"{self._service.setting}_URL, or try again later{self._service.instead}",
            f"{self._service.zh} {self.url} 没有正常应答（{why}）；请检查其是否在运行以及 {self._service.setting}_URL，"
            f"或稍后再试{self._service.instead_zh}",
        )

    def _said(self, response: httpx.Response) -> str:
        said = " ".join(response.text.split())
        return (said.replace(self._key, "***") if self._key else said)[:_SHOWN]


def _checked(service: Service, url: str) -> tuple[str, str]:
    """An address without a slash or a path of the service at its end, and its host with the port."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo or parsed.query:
        raise BadSetting(
            f"{service.setting}_URL must be an address such as http://localhost:8080 or https://api.example.org/v1; "
            f"a key belongs in {service.setting}_API_KEY",
            f"{service.setting}_URL 应为 http://localhost:8080 或 https://api.example.org/v1 这样的地址；"
            f"密钥请写在 {service.setting}_API_KEY 中",
        )
    plain = url.rstrip("/")
    for path in service.paths:
        plain = plain.removesuffix(path).rstrip("/")
    return plain, f"{parsed.host}:{parsed.port}" if parsed.port else parsed.host


def _asked_to_wait(said: str) -> float:
    """Seconds of a `Retry-After` (RFC 9110, 10.2.3: seconds or a date); 0 where there is none or it can't be read."""
    if said.strip().isascii() and said.strip().isdigit():
        return float(said)
    try:
        when = parsedate_to_datetime(said)
    except ValueError:
        return 0.0
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())

"""Who may come in, and how much they may send: one ASGI layer around the API and the page alike.

With a key set, every request must carry it: `Authorization: Bearer KEY` from programs, a cookie from
browsers, which get a sign-in page instead of the page. Health probes need none. A body over the limit
is refused by its announced length, or while it arrives, before it is in memory.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from html import escape
from urllib.parse import parse_qs, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.problems import language_of, problem

COOKIE = "yiju_session"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_OPEN = ("/health/live", "/health/ready", "/sign-in")
_SMALL = 1 << 20
# The page sends the files that are chosen together in one request.
_FILES_AT_ONCE = 20
_DAY = 86_400
_OWN = re.compile(r"/(?![/\\])[!-~]*")


class AccessLayer:
    """Wraps an ASGI app. `key` None lets everyone in; `upload_limit` bounds files, in bytes; with
    `local_only` only requests to this machine by its own name are answered."""

    def __init__(self, app: ASGIApp, key: str | None, upload_limit: int, local_only: bool) -> None:
        self._app = app
        self._key = key
        self._upload_limit = upload_limit
        self._local_only = local_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # nothing here speaks it
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        # A form carries some bytes beside the file.
        path: str = scope["path"]
        files = _FILES_AT_ONCE if path.startswith("/gradio_api/upload") else 1
        uploads = path == "/documents" or path.startswith("/gradio_api/")
        limit = files * self._upload_limit + _SMALL if uploads else _SMALL
        bounded = _bounded(receive, limit)
        refused = self._refused_for_size(request, limit) or self._refused_for_origin(request)
        if refused is None and self._key is not None:
            if scope["path"] == "/sign-in" and scope["method"] == "POST":
                refused = await self._sign_in(Request(scope, bounded))
            elif not self._may_enter(request):
                refused = self._refused_entry(request)
        await (refused or self._app)(scope, bounded, send)

    def _refused_for_size(self, request: Request, limit: int) -> Response | None:
        length = request.headers.get("content-length", "0")
        if length.isdigit() and int(length) <= limit:
            return None
        return problem(413, _too_large(limit, language_of(request)))

    def _refused_for_origin(self, request: Request) -> Response | None:
        """Refuses what another web site makes a visitor's browser send, and, on loopback, requests by
        any other name than this machine's, with which such a site could read the answers."""
        host, origin = request.headers.get("host", ""), request.headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc != host
        if foreign or (self._local_only and urlsplit(f"//{host}").hostname not in LOOPBACK):
            return problem(403, _FOREIGN[language_of(request)])
        return None

    def _may_enter(self, request: Request) -> bool:
        if request.url.path in _OPEN:
            return True
        assert self._key is not None
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self._key.encode()):
            return True
        return hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), _token(self._key).encode())

    def _refused_entry(self, request: Request) -> Response:
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return HTMLResponse(_sign_in_page(language_of(request), asked, wrong=False), 401)
        return problem(401, _WHO[language_of(request)], {"WWW-Authenticate": "Bearer"})

    async def _sign_in(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        given, asked = form.get("key", [""])[0], _own(form.get("asked", ["/"])[0])
        assert self._key is not None
        if not hmac.compare_digest(given.encode(), self._key.encode()):
            return HTMLResponse(_sign_in_page(language_of(request), asked, wrong=True), 401)
        response = RedirectResponse(asked, 303)
        response.set_cookie(COOKIE, _token(self._key), max_age=30 * _DAY, httponly=True, samesite="strict")
        return response


def _bounded(receive: Receive, limit: int) -> Receive:
    """The same messages, until they hold more bytes than the limit."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413, _too_large(limit, "en"))
        return message

    return bounded


def _own(address: str) -> str:
    """An address of this server to go on to, such as that of a shared conversation; no other site's."""
    return address if _OWN.fullmatch(address) else "/"


def _token(key: str) -> str:
    """What the cookie holds: not the key itself, and the same after a restart."""
    return hashlib.sha256(b"yiju session\0" + key.encode()).hexdigest()


def _too_large(limit: int, language: str) -> str:
    size = f"{limit / 2**20:.0f} MiB"
    if language == "zh":
        return f"请求超过 {size} 上限；请缩短内容，或调大 YIJU_MAX_FILE_MB"
    return f"the request is larger than {size}; send less, or raise YIJU_MAX_FILE_MB"


_FOREIGN = {
    "en": "this request comes from another web site; open Yiju at its own address, such as http://127.0.0.1:8000",
    "zh": "此请求来自其他网站；请直接打开 Yiju 的地址，例如 http://127.0.0.1:8000",
}
_WHO = {
    "en": "this server asks for a key; send it as: Authorization: Bearer KEY",
    "zh": "此服务需要密钥；请以 Authorization: Bearer 密钥 的形式提供",
}


def _sign_in_page(language: str, asked: str, *, wrong: bool) -> str:
    zh = language == "zh"
    title = "Yiju 依据"
    ask = "请输入访问密钥" if zh else "Enter the access key"
    button = "进入" if zh else "Continue"
    error = ("密钥不正确，请重试。" if zh else "That key is not right. Try again.") if wrong else ""
    return (
        f'<!doctype html><html lang="{"zh" if zh else "en"}"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width">'
        "<style>:root{color-scheme:light dark}"
        "body{font:16px/1.6 system-ui,sans-serif;display:grid;place-items:center;min-height:90vh;margin:0}"
        "form{display:grid;gap:.8rem;width:min(22rem,90vw)}input,button{font:inherit;padding:.6rem}"
        "p{color:light-dark(#b3261e,#ff9ea3);margin:0}</style>"
        f'<form method="post" action="/sign-in"><h1>{title}</h1><label for="key">{escape(ask)}</label>'
        f'<input type="hidden" name="asked" value="{escape(asked)}">'
        f'<input id="key" name="key" type="password" autofocus required><p role="alert">{escape(error)}</p>'
        f"<button>{escape(button)}</button></form></html>"
    )

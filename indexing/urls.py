"""Documents from the web, from hosts that are allowed by name.

An address is refused unless its host is on the list, and unless every address that the host's name
stands for is public (or private ones are allowed too). The connection goes to the very address that was
checked, so a name that changes its meaning in between gains nothing; redirects are checked alike.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

import httpx

from corpus.errors import TooLarge, UnreadableFile
from corpus.readers import readable

_REDIRECTS = 5
_SECONDS = 30.0
_ENDINGS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/epub+zip": ".epub",
    "multipart/related": ".mhtml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}

Resolve = Callable[[str, int], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: its bytes, the address that they came from in the end, and a file's name."""

    data: bytes
    url: str
    name: str


def is_url(text: str) -> bool:
    """Whether what is to be added is an address rather than a path."""
    return text.lower().startswith(("http://", "https://"))


def resolve(host: str, port: int) -> list[str]:
    """The network addresses of a host's name. Raises `OSError`."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def fetch(
    url: str,
    allowed: Iterable[str],
    most_bytes: int,
    *,
    private: bool = False,
    resolve: Resolve = resolve,
    transport: httpx.BaseTransport | None = None,
) -> Fetched:
    """The document at an address. `allowed` are names of hosts; "*.example.org" stands for all below it.

    Raises `UnreadableFile` with what to do, `TooLarge`.
    """
    names = [name.strip().lower() for name in allowed if name.strip()]
    with httpx.Client(transport=transport, timeout=_SECONDS, follow_redirects=False, trust_env=False) as client:
        for _ in range(_REDIRECTS):
            url = urlunsplit(urlsplit(url)._replace(fragment=""))
            request = _request(client, url, names, private, resolve)
            try:
                response = client.send(request, stream=True)
                if response.has_redirect_location:
                    url = urljoin(url, response.headers["location"])
                    response.close()
                    continue
                data = _body(response, most_bytes)
            except httpx.HTTPError as error:
                raise UnreadableFile(
                    f"the address does not answer ({error or type(error).__name__}); try again later",
                    f"该地址没有应答（{error or type(error).__name__}）；请稍后再试",
                ) from error
            return Fetched(data, url, _name(url, response.headers.get("content-type", "")))
    raise UnreadableFile("the address leads from one to the next without end", "该地址不断跳转，无法读取")


def _request(client: httpx.Client, url: str, names: list[str], private: bool, resolve: Resolve) -> httpx.Request:
    """A request to the checked network address, under the host's name."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().rstrip(".")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        port = 0
    if parts.scheme not in ("http", "https") or not host or not port or parts.username is not None:
        raise UnreadableFile(f"{url} is no address of a page or file", f"{url} 不是网页或文件的地址")
    if not any(host == name or (name.startswith("*.") and host.endswith(name[1:])) for name in names):
        raise UnreadableFile(
            f"{host} is not on the list of hosts; add it: YIJU_URL_HOSTS={host}",
            f"{host} 不在允许的主机名单内；请加入：YIJU_URL_HOSTS={host}",
        )
    address = _public(host, port, private, resolve)
    literal = f"[{address}]" if ":" in address else address
    request = client.build_request("GET", urlunsplit(parts._replace(netloc=f"{literal}:{port}")))
    request.headers["host"] = parts.netloc
    request.headers["accept-encoding"] = "identity"
    request.extensions["sni_hostname"] = host
    return request


def _public(host: str, port: int, private: bool, resolve: Resolve) -> str:
    """A network address of a host. Raises `UnreadableFile` where any of them is not public."""
    try:
        addresses = list(resolve(host, port))
    except (OSError, UnicodeError) as error:
        raise UnreadableFile(f"there is no host {host}; check the address", f"找不到主机 {host}；请检查地址") from error
    hidden = [a for a in addresses if not ipaddress.ip_address(a.split("%")[0]).is_global]
    if not addresses or (hidden and not private):
        raise UnreadableFile(
            f"{host} is an address inside this network; set YIJU_URL_PRIVATE=true if it may be read",
            f"{host} 是内部网络地址；如允许读取，请设置 YIJU_URL_PRIVATE=true",
        )
    return addresses[0]


def _body(response: httpx.Response, most: int) -> bytes:
    with closing(response):
        if response.status_code != 200:
            raise UnreadableFile(
                f"the address answers {response.status_code} {response.reason_phrase}; check it in a browser",
                f"该地址返回 {response.status_code} {response.reason_phrase}；请在浏览器中检查",
            )
        pieces, size = [], 0
        for piece in response.iter_bytes():
            size += len(piece)
            if size > most:
                raise TooLarge(
                    f"it has more than {most / 2**20:.0f} MiB; raise YIJU_MAX_FILE_MB",
                    f"大小超过 {most / 2**20:.0f} MiB；请调大 YIJU_MAX_FILE_MB",
                )
            pieces.append(piece)
    return b"".join(pieces)


def _name(url: str, content_type: str) -> str:
    """A name for the file, with the ending of its kind: that of the address, else what the server says."""
    parts = urlsplit(url)
    last = PurePosixPath(unquote(parts.path)).name
    if readable(last):
        return last
    kind = content_type.partition(";")[0].strip().lower()
    return (last or parts.hostname or "page") + _ENDINGS.get(kind, ".html")

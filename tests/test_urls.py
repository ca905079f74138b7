"""Addresses: what may be fetched, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from corpus.errors import TooLarge, UnreadableFile
from indexing.urls import Fetched, fetch, is_url

PUBLIC = "93.184.216.34"
PAGE = "<html><body><p>本办法自公布之日起施行。</p></body></html>".encode()


def get(
    url: str,
    *hosts: str,
    answer: Callable[[httpx.Request], httpx.Response] | None = None,
    addresses: tuple[str, ...] = (PUBLIC,),
    private: bool = False,
    most: int = 10_000,
) -> Fetched:
    answer = answer or (
        lambda _: httpx.Response(200, content=PAGE, headers={"content-type": "text/html; charset=utf-8"})
    )
    return fetch(url, hosts, most, private=private, resolve=lambda *_: addresses, transport=httpx.MockTransport(answer))


def test_a_page_is_fetched_from_the_address_that_was_checked_under_its_own_name() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=PAGE, headers={"content-type": "text/html"})

    fetched = get("https://www.example.org/rules/a?x=1#part", "www.example.org", answer=answer)
    assert fetched == Fetched(PAGE, "https://www.example.org/rules/a?x=1", "a.html")
    assert (seen[0].url.host, seen[0].headers["host"]) == (PUBLIC, "www.example.org")
    assert seen[0].extensions["sni_hostname"] == "www.example.org"


@pytest.mark.parametrize(
    ("url", "kind", "name"),
    [
        ("https://example.org/a/%E5%8A%9E%E6%B3%95.pdf", "application/pdf", "办法.pdf"),
        ("https://example.org/download?id=3", "application/pdf", "download.pdf"),
        ("https://example.org/", "text/html; charset=gbk", "example.org.html"),
    ],
)
def test_a_file_is_named_by_its_address_or_by_what_the_server_says(url: str, kind: str, name: str) -> None:
    answer = httpx.Response(200, content=b"x", headers={"content-type": kind})
    assert get(url, "example.org", answer=lambda _: answer).name == name


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://other.org/", "not on the list"),
        ("https://example.org.evil.org/", "not on the list"),
        ("https://evilexample.org/", "not on the list"),
        ("https://user@example.org/", "is no address"),
        ("https://example.org:99999/", "is no address"),
        ("https:///a", "is no address"),
    ],
)
def test_hosts_that_are_not_allowed_by_name_are_refused(url: str, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        get(url, "example.org")


def test_a_star_stands_for_every_host_below_a_name() -> None:
    assert get("https://www.example.org/a.txt", "*.example.org").name == "a.txt"
    with pytest.raises(UnreadableFile, match="not on the list"):
        get("https://example.org/", "*.example.org")


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "::1", "fe80::1%eth0", "0.0.0.0"]
)
def test_addresses_inside_a_network_are_refused_unless_allowed(address: str) -> None:
    with pytest.raises(UnreadableFile, match="YIJU_URL_PRIVATE"):
        get("http://example.org/a.txt", "example.org", addresses=(PUBLIC, address))
    if "%" not in address:
        assert get("http://example.org/a.txt", "example.org", addresses=(address,), private=True).data == PAGE


def test_a_redirect_is_checked_like_the_first_address() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"location": "http://elsewhere.org/secret"})

    with pytest.raises(UnreadableFile, match=r"elsewhere\.org is not on the list"):
        get("https://example.org/a", "example.org", answer=answer)
    with pytest.raises(UnreadableFile, match="without end"):
        get("https://example.org/a", "example.org", "elsewhere.org", answer=answer)


def test_what_the_server_refuses_or_sends_without_end_is_said() -> None:
    with pytest.raises(UnreadableFile, match="404 Not Found"):
        get("https://example.org/a", "example.org", answer=lambda _: httpx.Response(404))
    with pytest.raises(TooLarge, match="YIJU_MAX_FILE_MB"):
        get("https://example.org/a", "example.org", most=10)

    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    with pytest.raises(UnreadableFile, match="no route"):
        get("https://example.org/a", "example.org", answer=broken)


def test_an_address_is_told_from_a_path() -> None:
    assert is_url("HTTPS://example.org")
    assert not is_url("C:/http/a.txt")

"""What a web page says of itself in its head: title, date, source, address, language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from lxml import etree

from corpus.readers.markup import hidden, plain, squash, tag

_TITLES = ("articletitle", "og:title", "citation_title", "dc.title", "dcterms.title", "twitter:title")
_SITES = ("og:site_name", "sitename", "application-name")
_DATES = (
    "pubdate", "article:published_time", "firstpublishedtime", "publishdate", "publish_date", "publishtime",
    "dcterms.issued", "dc.date.issued", "dc.date", "dcterms.date", "dcterms.created", "citation_publication_date",
    "citation_date", "datepublished", "date",
)  # fmt: skip
_AUTHORS = ("contentsource", "source", "dc.publisher", "author", "article:author", "og:article:author", "dc.creator")
_PLACEHOLDER = re.compile(
    r"(?:无标题(?:文档|页)?|未命名|新建网页.*|untitled(?: document| page)?|document|new page.*|index|home|首页)$", re.I
)
_SEPARATED = re.compile(r"\s*[_|｜]+\s*|\s+[-–—·»]+\s+")
_TAIL_SEPARATOR = re.compile(r"\s*[-_|–—·»｜]")
_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)|^((?:19|20)\d\d)(\d\d)(\d\d)"
)
_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
# WeChat keeps the time of publication in a script only, in seconds.
_WECHAT_TIME = re.compile(r"""\b(?:var\s+)?(?:ct|createTimestamp|ori_create_time)\s*[=:]\s*["'](\d{10})["']""")
_CHINA = timedelta(hours=8)
_SAVED_FROM = re.compile(
    r"<!--\s*saved from url=\(\d+\)\s*(\S{4,2000}?)\s*-->|^\s*url:\s*(https?://\S{4,2000})\s*$", re.M
)
_OPENING = 5000
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def page_facts(root: etree._Element, markup: str, url: str = "") -> dict[str, str]:
    """The properties of a page. `url` is where it came from, as its container says."""
    named = _named(root)
    title = squash(_first(named, _TITLES) or _title_element(root))
    facts = {
        "title": "" if _PLACEHOLDER.match(title) else without_site(title, _first(named, _SITES), _headings(root)),
        "author": next((v for v in (named.get(n, "") for n in _AUTHORS) if v and "://" not in v and len(v) < 80), ""),
        "date": _date(named, root),
        "url": _url(root, named, markup, url),
        "language": root.get("lang") or root.get(_XML_LANG) or named.get("content-language", ""),
    }
    return {name: value for name, value in facts.items() if value}


def iso_date(text: str) -> str:
    """The first date in a text as YYYY-MM-DD, empty if there is none."""
    match = _DATE.search(text.strip())
    if match is None:
        return ""
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def without_site(title: str, site: str, headings: Iterable[str]) -> str:
    """A title without the name of the site: what a heading of the page says as well, else its first part."""
    for heading in headings:
        if len(heading) > 3 and title.startswith(heading) and _TAIL_SEPARATOR.match(title[len(heading) :] or "-"):
            return heading
    parts = [part for part in _SEPARATED.split(title) if part and part != site]
    return parts[0] if parts else title


def _named(root: etree._Element) -> dict[str, str]:
    """The contents of the page's <meta> elements by name; the first of a name counts."""
    found: dict[str, str] = {}
    for element in root.iter():
        if tag(element) == "meta":
            name = (
                element.get("name") or element.get("property") or element.get("itemprop") or element.get("http-equiv")
            )
            value = squash(element.get("content") or "")
            if name and value:
                found.setdefault(name.strip().lower(), value)
    return found


def _first(named: Mapping[str, str], names: Iterable[str]) -> str:
    return next((named[name] for name in names if name in named), "")


def _title_element(root: etree._Element) -> str:
    """The text of <title>; a drawing's title is none of the page."""
    for element in root.iter():
        if tag(element) == "title" and tag(element.getparent()) in ("head", "html", "body"):
            return "".join(element.itertext())
    return ""


def _headings(root: etree._Element) -> list[str]:
    return [plain(element) for element in root.iter() if tag(element) in ("h1", "h2", "h3") and not hidden(element)]


def _date(named: Mapping[str, str], root: etree._Element) -> str:
    for name in _DATES:
        if found := iso_date(named.get(name, "")):
            return found
    for element in root.iter():
        name = tag(element)
        if name == "time" and (element.get("itemprop") == "datePublished" or element.get("pubdate") is not None):
            if found := iso_date(element.get("datetime") or ""):
                return found
        elif name == "script" and element.text:
            if match := _JSON_DATE.search(element.text):
                return iso_date(match[1])
            if match := _WECHAT_TIME.search(element.text):
                return (datetime.fromtimestamp(int(match[1]), UTC) + _CHINA).date().isoformat()
    return ""


def _url(root: etree._Element, named: Mapping[str, str], markup: str, given: str) -> str:
    """The address that the page gives as its own, else the one that it was saved from. A site's front page
    is given by mistake."""
    links = (
        e.get("href") or "" for e in root.iter() if tag(e) == "link" and (e.get("rel") or "").lower() == "canonical"
    )
    match = _SAVED_FROM.search(markup[:_OPENING])
    saved = (match[1] or match[2]) if match else ""
    for url in (*links, named.get("og:url", ""), given, saved):
        if re.match(r"https?://[^/\s]+/\S", url):
            return url
    return next((url for url in (given, saved) if url.startswith(("http://", "https://"))), "")

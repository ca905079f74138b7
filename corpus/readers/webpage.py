"""What of a web page is the document, and what is furniture around it.

Evidence in this order: containers that content systems put an article into, <article> and <main>, where
they hold a fair part of the page's words that are no links; the meaning of elements, roles and class
names; how much of a block is links; words such as 上一篇. Furniture keeps its place in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from lxml import etree

from corpus import structure
from corpus.readers.markup import hidden, tag


class Zone(Enum):
    """Where on a page an element stands; lines outside the article need a reason to be part of it."""

    CONTENT = auto()
    OUTSIDE = auto()
    CHROME = auto()
    CONTENTS = auto()
    NOTES = auto()


# Containers of the article: the State Council's, TRS, vsb and other content systems, WeChat, blogs.
_ARTICLE_NAMES = frozenset(
    "ucap-content trs_editor trs_editor_view trs_ueditor pages_content zoom zoomcon js_content meta_content "
    "rich_media_content vsb_content vsb_content_2 vsb_content_4 vsb_content_500 v_news_content article-content "
    "article_content articlecontent article-body article_body articlebody article-con article_con articlecon "
    "news_content news-content newscontent entry-content post-content post-body mw-parser-output govspeak "
    "detail-content detail_content content-detail con_con xxgk_content".split()
)
_ARTICLE_SHARE = 0.2
_NOTES_NAMES = frozenset({"footnotes", "footnote", "endnotes", "endnote"})
_NOTES_ROLES = frozenset({"doc-endnotes", "doc-footnote", "doc-endnote"})
_NOTES_TYPES = frozenset({"footnote", "footnotes", "endnote", "endnotes", "rearnote", "rearnotes"})
_CONTENTS_NAME = re.compile(r"(?:mso)?toc\d?$")  # the latter in pages made by Word
_FURNITURE_ROLES = frozenset(
    "navigation banner contentinfo search complementary dialog alertdialog menu menubar toolbar".split()
)
_FURNITURE_NAMES = frozenset(
    "breadcrumb breadcrumbs crumb crumbs bdshare bdsharebuttonbox share sharing social cookie cookies comments "
    "commentlist disqus respond pagination pager pagebar pagenav sidebar related recommend recommendation footer "
    "copyright toolbar print printer qrcode qr ewm advert ads popup modal login topbar navbar nav navigation menu "
    "submenu skip skiplink mbx wechat weixin fontsize prevnext".split()
)
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")
# A class name is a hint only: what holds so much of the page's own words is no furniture.
_FURNITURE_SHARE = 0.4
_LINK_LISTS = frozenset({"ul", "ol", "dl", "div", "section", "table", "td", "p"})
_LINK_SHARE = 0.8
_INDEX_SHARE = 0.7
_FILES = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|zip|rar|7z|txt|csv)(?:[?#]|$)", re.I)
_LABELS = (
    r"信息来源|文章来源|稿件来源|来\s*源|稿源|信息名称|发布时间|发布日期|发布机构|发布单位|发文机关|发文机构|发文单位|发文字号|发文日期"
    r"|成文日期|公布日期|印发日期|生成日期|生效日期|施行日期|失效日期|有效期|有\s*效\s*性|索\s*引\s*号|文\s*号|主题分类|主\s*题\s*词"
)
_LABELLED = re.compile(
    rf"(?:^|[\s|｜\]】])(?:{_LABELS})\s*[:：]|^(?:Source|Author|Issued by|Published by|Reference|Date of issue)\s*:"
    r"|^(?:Published|Issued|Date|Publication date|Last updated|Updated|First published|Posted)(?:\s+on)?\b"
    r"\s*:?\s*\w{0,9}\s*\d",
    re.I,
)
_UNSPACED_LABEL = re.compile(rf"(?<=[^\s:：(（【\[])(?=(?:{_LABELS})\s*[:：])")
_BUTTONS = re.compile(
    r"[\s|｜]*[【\[（(]*(?:(?:打印|关闭|收藏)(?:本页|本文|此页|窗口|页面)?(?=[\s】\])）|]|$)|字[体号]\s*[:：]|分享(?:到|至)"
    r"|(?:浏览|阅读|点击|访问)(?:次数|量|数)).*"
)
_DATE_ALONE = re.compile(
    r"(?:时间|日期)?\s*[:：]?\s*(?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?$"
)
_LABELLED_LENGTH = 160
_CHROME_LINE = re.compile(
    r"[【\[（(<«‹>|\s]*(?:"
    r"(?:上|下)一[篇页条](?:\s*[:：].*|[\s】\])>|]|$)"
    r"|(?:打印|关闭|收藏)(?:本页|本文|此页|窗口|页面)?(?:[\s】\])|]|$)"
    r"|返回(?:顶部|首页|列表|上一页)|分享(?:到|至)|扫一扫|扫码|字[体号]\s*[:：]"
    r"|(?:您|你)?(?:现在|当前)?所?在?的?位置\s*[:：]|我要纠错|网站地图|版权所有|设为首页|加入收藏|网站标识码"
    r"|(?:友情|相关)链接(?:\s*[:：]|$)|相关(?:文章|新闻|阅读|报道|推荐)(?:\s*[:：]|$)"
    r"|(?:浏览|阅读|点击|访问)(?:次数|量|数)|.{0,12}ICP备\s*\d"
    r"|(?:Print|Share|E-?mail)(?: this)?(?: page| article)?$|Share (?:on|via)\b|Back to top|Skip to (?:main )?content"
    r"|(?:Previous|Next)(?: page| article)?(?:\s*[:»«›‹].*|$)"
    r"|(?:This|Our) (?:web)?site uses cookies|We use cookies|Accept all cookies)",
    re.I,
)
_CHROME_LENGTH = 80


@dataclass(slots=True)
class _Weight:
    """How many characters an element shows, how many of them are links', and how many links there are."""

    text: int = 0
    linked: int = 0
    links: int = 0
    inner_links: int = 0

    @property
    def own(self) -> int:
        return self.text - self.linked


class Page:
    """A web page, weighed once. It is walked once as well: what comes before the article is another thing
    than what comes after it."""

    def __init__(self, root: etree._Element) -> None:
        self._weights: dict[etree._Element, _Weight] = {}
        self._total = self._weigh(root, False)
        self._articles = self._find_articles()
        self._above = {above for article in self._articles for above in article.iterancestors()}
        self._known = {e for e in self._articles if _is_article(e)}
        self._index = self._total.linked >= _INDEX_SHARE * self._total.text
        self._reached = False
        self.start = Zone.OUTSIDE if self._articles else Zone.CONTENT

    def zone(self, element: etree._Element) -> Zone | None:
        """Where an element stands; None for where its parent does."""
        if element in self._articles:
            self._reached = True
            return Zone.CONTENT
        told = named_zone(element)
        if told is not None:
            return told
        if element in self._above:
            return None
        name, role = tag(element), (element.get("role") or "").lower()
        if name == "nav" or role in _FURNITURE_ROLES:
            return self._links_zone(element)
        if name in ("aside", "dialog") or (name in ("header", "footer") and _of_page(element)):
            return Zone.CHROME
        weight = self._weights[element]
        if _names(element) & _FURNITURE_NAMES and weight.own <= _FURNITURE_SHARE * self._total.own:
            return Zone.CHROME
        if self._is_link_list(element, weight):
            return self._links_zone(element)
        return None

    def belongs(self, text: str, zone: Zone, heading: int) -> bool:
        """Whether a line outside the article, or in its furniture, is part of the document."""
        if zone not in (Zone.OUTSIDE, Zone.CHROME):
            return False
        if len(text) <= _LABELLED_LENGTH and _LABELLED.search(text):
            return True
        if zone is Zone.CHROME:
            return False
        return heading == 1 or bool(structure.annex(text)) or (not self._reached and bool(_DATE_ALONE.match(text)))

    def _weigh(self, element: etree._Element, in_link: bool) -> _Weight:
        weight = _Weight()
        self._weights[element] = weight
        if hidden(element):
            return weight
        target = (element.get("href") or "") if tag(element) == "a" else ""
        if target and not _FILES.search(target):
            in_link = True
            weight.links = 1
            weight.inner_links = int(target.startswith("#"))
        weight.text = _letters(element.text)
        weight.linked = weight.text if in_link else 0
        for child in element:
            inner = self._weigh(child, in_link)
            tail = _letters(child.tail)
            weight.text += inner.text + tail
            weight.linked += inner.linked + (tail if in_link else 0)
            weight.links += inner.links
            weight.inner_links += inner.inner_links
        return weight

    def _find_articles(self) -> frozenset[etree._Element]:
        """The elements that hold the article, none inside another; empty if nothing marks it."""
        for is_one in (_is_article, lambda e: tag(e) == "article", _is_main):
            found = {e for e in self._weights if is_one(e) and self._weights[e].text}
            topmost = frozenset(e for e in found if not any(above in found for above in e.iterancestors()))
            if sum(self._weights[e].own for e in topmost) > _ARTICLE_SHARE * self._total.own:
                return topmost
        return frozenset()

    def _links_zone(self, element: etree._Element) -> Zone:
        """A list of links into the page itself is its table of contents."""
        weight = self._weights[element]
        return Zone.CONTENTS if weight.links > 1 and weight.inner_links == weight.links else Zone.CHROME

    def _is_link_list(self, element: etree._Element, weight: _Weight) -> bool:
        """Not in a known container: there the links are the document's own, such as its enclosures."""
        if tag(element) not in _LINK_LISTS or self._index or weight.links < 3:
            return False
        if weight.linked < _LINK_SHARE * weight.text:
            return False
        return not any(above in self._known for above in element.iterancestors())


def is_furniture(text: str) -> bool:
    """Whether a line inside the article is furniture by its words."""
    short = len(text) <= _CHROME_LENGTH and not text.endswith(("。", "；"))
    return short and not _LABELLED.search(text) and bool(_CHROME_LINE.match(text))


def provenance(text: str) -> tuple[str, str]:
    """A line with what is furniture at its end (buttons for printing and the like) taken off. In a line
    that says where a page is from, a blank comes before each label, where only its style kept them apart."""
    if len(text) > _LABELLED_LENGTH or not _LABELLED.search(text):
        return text, ""
    text = _UNSPACED_LABEL.sub(" ", text)
    match = _BUTTONS.search(text)
    if match is None or not _LABELLED.search(text[: match.start()]):
        return text, ""
    return text[: match.start()].rstrip(), text[match.start() :].lstrip()


def epub_type(element: etree._Element) -> str:
    """What an element of an e-book says that it is."""
    return element.get("{http://www.idpf.org/2007/ops}type") or element.get("epub:type") or ""


def named_zone(element: etree._Element) -> Zone | None:
    """The zone of what an element says that it is: notes, or a table of contents."""
    role = (element.get("role") or "").lower()
    classes = (element.get("class") or "").lower().split()
    types = epub_type(element).split()
    if role in _NOTES_ROLES or not _NOTES_TYPES.isdisjoint(types):
        return Zone.NOTES
    if role == "doc-toc" or "toc" in types or any(_CONTENTS_NAME.match(name) for name in classes):
        return Zone.CONTENTS
    return Zone.NOTES if tag(element) != "sup" and not _NOTES_NAMES.isdisjoint(classes) else None


def _is_article(element: etree._Element) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}".lower().split()
    return not _ARTICLE_NAMES.isdisjoint(names)


def _is_main(element: etree._Element) -> bool:
    return tag(element) == "main" or (element.get("role") or "").lower() == "main"


def _of_page(element: etree._Element) -> bool:
    """Whether a header or footer is the page's and not an article's or a section's."""
    return not any(tag(above) in ("article", "main", "section") for above in element.iterancestors())


def _names(element: etree._Element) -> frozenset[str]:
    """The words of an element's class and id: "g-pageNav left" is g, page, nav, left."""
    if tag(element) in ("html", "body"):
        return frozenset()
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return frozenset(word.lower() for word in (*_WORDS.findall(names), *re.split(r"[\s_-]+", names)))


def _letters(text: str | None) -> int:
    return sum(1 for c in text if not c.isspace()) if text else 0

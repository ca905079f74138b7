"""Bytes of HTML or XHTML to a tree, and the words that a person sees of an element.

It knows character sets, the parser and what browsers don't show. It doesn't know what on a page is
content, nor what any of it means.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html.entities import html5

from lxml import etree

from corpus.decode import decode
from corpus.errors import UnreadableFile

BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup p pre section summary "
    "table tbody td tfoot th thead tr ul".split()
)
_UNSEEN = frozenset(
    "script style template noscript svg head iframe object embed canvas video audio map input select textarea button "
    "datalist progress meter annotation".split()
)
_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,30})|^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{2,30})""",
    re.I,
)
_DECLARED_WITHIN = 4096
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# As browsers do, a name stands for the largest set that pages so declared are written in.
_LARGER = (
    (re.compile(r"gb[-_]?2312|gb[-_]?k|x-gbk|gb18030|gb_2312-80|cp936|ms936|windows-936|chinese|hz", re.I), "gb18030"),
    (re.compile(r"(?:cn-|x-x-)?big5(?:-?hkscs)?|cp950", re.I), "big5hkscs"),
    (re.compile(r"shift[-_]?jis|x-sjis|sjis|windows-31j", re.I), "cp932"),
    (re.compile(r"euc-jp", re.I), "euc-jp"),
    (re.compile(r"euc-kr|ks_c_5601-1987|ksc5601", re.I), "cp949"),
    (re.compile(r"utf-?8|utf-?16(?:le|be)?|unicode", re.I), "utf-8"),
    (re.compile(r"windows-125\d|koi8-[ru]|iso-8859-(?:[2-9]|1[0-6])", re.I), ""),
    (re.compile(r"iso-?8859-?1|latin-?1|us-ascii|ascii", re.I), "cp1252"),
)
# So many characters beyond ASCII that they can't be well-formed UTF-8 by chance.
_SURELY_UTF8 = 8
_DAMAGE = 0.002
_NOT_DISPLAYED = re.compile(r"display\s*:\s*none", re.I)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,1000}>", re.I)
_OWN_ENTITIES = re.compile(r"(<!DOCTYPE[^>\[]{0,1000})\[.{0,100000}?\]\s*>", re.I | re.S)
_XHTML = "http://www.w3.org/1999/xhtml"
_INLINE_MARKS = re.compile(
    r"</?(?:font|span|b|i|u|em|strong|big|small|a|center|tt|code|section)(?=[\s/>])[^<>]*>", re.I
)
_BLOCK_MARKS = re.compile(r"</?(?:div|blockquote|ul|ol|li|dl|dd|dt|form)(?=[\s/>])[^<>]*>", re.I)
_WIDE = "\u2e80-\u9fff\u3000-\u303f\uff00-\uffef"
_CUT = re.compile(rf"(?<=[{_WIDE}])[ \t\r\n]*\n[ \t\r\n]*(?=[{_WIDE}])")
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
_INVISIBLE = str.maketrans("", "", "\u200b\u200c\u2060\ufeff\u00ad")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def decode_markup(data: bytes, charset: str | None = None) -> str:
    """The text of a page. `charset` is what came with it, such as a header's; the page's own declaration
    comes next. A declaration that the bytes disprove does not count. Raises `UnreadableFile`."""
    if not data.strip():
        raise UnreadableFile("the file is empty; save the page again", "文件为空；请重新保存网页")
    bom = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    if bom is not None:
        return data.decode(bom, "replace")
    match = _CHARSET.search(data[:_DECLARED_WITHIN])
    own = (match[1] or match[2]).decode("ascii", "replace") if match else ""
    declared = _codec(charset or "") or _codec(own)
    utf8 = _strict(data, "utf-8")
    if utf8 is not None and (declared in (None, "utf-8") or _beyond_ascii(utf8) >= _SURELY_UTF8):
        return decode(data)
    if declared in (None, "utf-8"):
        return _mended(data, "utf-8") or decode(data)
    if declared == "cp1252":  # what editors wrote into pages of every kind
        try:
            return decode(data)
        except UnreadableFile:
            return data.decode("cp1252", "replace")
    text = _mended(data, declared)
    if text is None:
        return decode(data)
    return text


def _codec(name: str) -> str | None:
    """Python's name of a declared character set, None for one that pages aren't written in."""
    for pattern, codec in _LARGER:
        if pattern.fullmatch(name.strip()):
            return codec or name.strip().lower()
    return None


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _beyond_ascii(text: str) -> int:
    return sum(1 for c in text if c > "\x7f")


def _mended(data: bytes, codec: str) -> str | None:
    """The text with a mark in place of each damaged character, None where there are more than a few."""
    if b"\0" in data:
        return None
    text = data.decode(codec, "replace")
    broken = text.count("\ufffd")
    return text if broken <= max(2, _DAMAGE * _beyond_ascii(text)) and broken * 4 <= _beyond_ascii(text) else None


def parse(text: str) -> etree._Element:
    """The tree of a page. XHTML that is well-formed is read as such, all else as browsers do.

    Raises `UnreadableFile`.
    """
    text = _OWN_ENTITIES.sub(r"\1>", _CONTROL.sub("", text), count=1)
    root = _as_xhtml(text) if _XHTML in text[:2000] else None
    if root is None:
        root, whole = _as_html(text)
        if not whole:  # old pages open a <font> and never close it
            flat = _BLOCK_MARKS.sub("<p>", _INLINE_MARKS.sub("", text))
            root, whole = _as_html(flat)
        if not whole:
            raise UnreadableFile(
                "the page is nested too deeply, or made of one endless line; save it as text or PDF",
                "网页嵌套层次过深，或全部内容在一行之内，无法读取；请另存为文本或 PDF",
            )
    if root is None:
        raise UnreadableFile("the page is empty; save it again", "网页为空；请重新保存")
    return root


def _as_xhtml(text: str) -> etree._Element | None:
    """Without its document type, so that no entity of its own is ever expanded."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    plain = _ENTITY.sub(_character, _DOCTYPE.sub("", text, count=1))
    if "<!DOCTYPE" in plain.upper():
        return None
    plain = re.sub(r"^\s*<\?xml[^>]*\?>", "", plain)
    try:
        return etree.fromstring(plain.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _character(match: re.Match[str]) -> str:
    if match[1] in ("amp", "lt", "gt", "quot", "apos"):
        return match[0]
    return html5.get(match[1] + ";", match[0])


def _as_html(text: str) -> tuple[etree._Element | None, bool]:
    """The tree, and whether it is all of the page: the parser stops at its limits without a word."""
    parser = etree.HTMLParser(
        encoding="utf-8", recover=True, huge_tree=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    return root, not any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log)


def tag(element: etree._Element) -> str:
    """An element's name without its namespace; empty for what is no element."""
    name = element.tag
    if not isinstance(name, str):
        return ""
    return (name.rpartition("}")[2] if name[:1] == "{" else name).lower()


def hidden(element: etree._Element) -> bool:
    """Whether a browser shows nothing of an element. `visibility: hidden` doesn't count: some sites put it
    on their articles until a script takes it off."""
    name = tag(element)
    if not name or name in _UNSEEN:
        return True
    if not element.attrib:
        return False
    style = element.get("style")
    if element.get("hidden") is not None or (style and _NOT_DISPLAYED.search(style)):
        return True
    # While a dialog is open, all of the page behind it is marked so.
    return element.get("aria-hidden") == "true" and not any(tag(e) in ("main", "article", "h1") for e in element.iter())


def squash(text: str) -> str:
    """Text as a browser lays it out: white space is one blank, and none where a line of Chinese was cut."""
    return _BLANKS.sub(" ", _CUT.sub("", text.translate(_INVISIBLE))).strip(" ")


def raised(text: str) -> str:
    """Superscript: the digits of a footnote mark as characters that are superscript themselves."""
    bare = text.strip()
    return bare.translate(_RAISED) if bare.isascii() and bare.isdigit() and len(bare) <= 3 else text


def plain(element: etree._Element) -> str:
    """All visible words of an element on one line."""
    pieces = "".join(_pieces(element)).split("\v")
    return " ".join(filter(None, (squash(piece) for piece in pieces)))


def _pieces(element: etree._Element) -> Iterator[str]:
    """The visible text in order, with a vertical tab where a line begins."""
    if hidden(element):
        return
    name = tag(element)
    edge = "\v" if name in BLOCKS or name == "br" else ""
    yield edge
    yield raised(element.text or "") if name == "sup" else element.text or ""
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""
    yield edge

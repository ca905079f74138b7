"""Bytes to text, or a reason why not."""

from __future__ import annotations

import codecs
import re

from corpus.errors import UnreadableFile

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")
_CHINESE = ("gb18030", "big5hkscs")
_PLAUSIBLE = 0.8
# From so many characters on, this share of them must be among the commonest.
_LONG, _COMMON_SHARE = 40, 0.12
_COMMONEST = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民"
    "得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社"
    "义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并"
    "提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别手期根论运农指几九区强放决"
    "市标准人工智能技术应服务数据安全规范省局委关于通知"
)


def decode(data: bytes) -> str:
    """Text of UTF-8, UTF-16 with a byte order mark, GB18030 or Big5 bytes, with "\\n" line ends.

    Raises `UnreadableFile` for empty, binary and otherwise encoded files. GB18030 gives some text for
    almost any bytes, so a result is only believed when it looks like Chinese that people write.
    """
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    if encoding is None and b"\0" in data:
        raise _binary()
    text = _try(data, encoding or "utf-8")
    if text is None:
        text = _chinese(data)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise UnreadableFile("the file is empty; check that it was saved", "文件为空；请确认文件已保存")
    if len(_CONTROLS.findall(text)) > max(3, len(text) // 100):
        raise _binary()
    return text.replace("\f", "\n").replace("\v", "\n")


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _chinese(data: bytes) -> str:
    """Text of GB18030 or Big5 bytes, whichever gives the more everyday characters. Raises `UnreadableFile`."""
    found = [(_everyday(text), text) for name in _CHINESE if (text := _try(data, name)) is not None]
    share, text = max(found, default=(0.0, ""), key=lambda pair: pair[0])
    if share < _PLAUSIBLE:
        raise UnreadableFile(
            "its text is neither UTF-8 nor GB18030 nor Big5; save it as UTF-8 and ingest it again",
            "其文字编码不是 UTF-8、GB18030 或 Big5；请另存为 UTF-8 后重新导入",
        )
    return text


def _everyday(text: str) -> float:
    """The share of everyday characters among those outside ASCII: GB 2312's symbols and its 3,755
    first-level characters, traditional forms taken for simplified. Mis-decoded bytes scatter over the
    rare rest, and other scripts keep to their own rows. In a longer text the commonest characters must
    occur as well: Korean syllables land on characters that are everyday ones, and never on these."""
    import opencc

    foreign = opencc.OpenCC("t2s").convert("".join(c for c in text if ord(c) > 127))
    if not foreign:
        return 0.0
    share = sum(map(_first_level, foreign)) / len(foreign)
    characters = [c for c in foreign if "一" <= c <= "鿿"]
    if len(characters) >= _LONG and sum(c in _COMMONEST for c in characters) < _COMMON_SHARE * len(characters):
        return 0.0
    return share


def _first_level(character: str) -> bool:
    try:
        row = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return row <= 0xA3 or 0xB0 <= row <= 0xD7


def _binary() -> UnreadableFile:
    return UnreadableFile(
        "this is a binary file; give it the ending of its format, or save it as text",
        "这是二进制文件；请使用与其格式相符的扩展名，或另存为文本文件",
    )

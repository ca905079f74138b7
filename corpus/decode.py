"""Bytes to text, or a reason why not."""

from __future__ import annotations

import codecs

from corpus.errors import UnreadableFile

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> str:
    """Text of UTF-8, UTF-16 with a byte order mark, or GB18030 bytes, with "\\n" line ends.

    Raises `UnreadableFile` for empty, binary and otherwise encoded files. GB18030 gives some text for
    almost any bytes, so its result is only believed when it looks like Chinese that people write.
    """
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    if encoding is None and b"\0" in data:
        raise UnreadableFile(
            "this is a binary file; give a text (.txt) or Markdown (.md) file",
            "这是二进制文件；请提供文本（.txt）或 Markdown（.md）文件",
        )
    text = _try(data, encoding or "utf-8")
    if text is None:
        text = _try(data, "gb18030")
        if text is None or not _plausible_chinese(text):
            raise UnreadableFile(
                "its text is neither UTF-8 nor GB18030; save it as UTF-8 and ingest it again",
                "其文字编码既不是 UTF-8 也不是 GB18030；请另存为 UTF-8 后重新导入",
            )
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise UnreadableFile("the file is empty; check that it was saved", "文件为空；请确认文件已保存")
    odd = sum(1 for c in text if ord(c) < 32 and c not in "\n\t\f\v")
    if odd > max(3, len(text) // 100):
        raise UnreadableFile(
            "this is a binary file; give a text (.txt) or Markdown (.md) file",
            "这是二进制文件；请提供文本（.txt）或 Markdown（.md）文件",
        )
    return text.replace("\f", "\n").replace("\v", "\n")


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _plausible_chinese(text: str) -> bool:
    """Whether most characters outside ASCII are everyday ones: GB 2312's symbols and its 3,755
    first-level characters, traditional forms taken for simplified. Mis-decoded bytes scatter over the
    rare rest, and other scripts keep to their own rows."""
    foreign = [c for c in text if ord(c) > 127]
    common = sum(map(_common, foreign))
    if common < 0.8 * len(foreign):
        import opencc

        common = sum(map(_common, opencc.OpenCC("t2s").convert("".join(foreign))))
    return common >= 0.8 * len(foreign)


def _common(character: str) -> bool:
    try:
        row = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return row <= 0xA3 or 0xB0 <= row <= 0xD7

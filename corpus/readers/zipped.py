"""Opens files that are zip containers (DOCX, PPTX, XLSX, EPUB) safely, before any library unpacks them.

Refused are containers that are damaged, encrypted or of another kind than their name says, that unpack
to far more than they are, or that hold XML with a document type of its own (entities can grow without
end). It knows the containers of these formats, and nothing of what is written in them.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

from corpus.errors import UnreadableFile

_MIB = 1 << 20
_MAX_TOTAL = 512 * _MIB
_MAX_MARKUP = 256 * _MIB
_MAX_RATIO = 200
_RATIO_FROM = 10 * _MIB
_MAX_MEMBERS = 10_000
_CHUNK = 1 << 18
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NAMES = {
    "docx": ("a Word document", "Word 文档"),
    "pptx": ("a PowerPoint presentation", "PowerPoint 演示文稿"),
    "xlsx": ("an Excel workbook", "Excel 工作簿"),
    "epub": ("an EPUB book", "EPUB 电子书"),
}
# By what it holds a container is known, whatever its name is.
_SIGNS = {"docx": "word/", "pptx": "ppt/", "xlsx": "xl/", "epub": "META-INF/container.xml"}
_XML = (".xml", ".rels", ".vml")
_MARKUP = (*_XML, ".opf", ".ncx", ".xhtml", ".html", ".htm", ".svg")
_CORRUPT = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OSError,
)


def open_zip(data: bytes, expected: str) -> zipfile.ZipFile:
    """The container in a file's bytes, checked through; `expected` is docx, pptx, xlsx or epub.

    Raises `UnreadableFile`.
    """
    if not data:
        raise UnreadableFile("the file is empty; copy or download it again", "文件为空；请重新复制或下载")
    if data.startswith(_OLE):
        raise UnreadableFile(
            "the file is password-protected or in the old Office format (.doc, .xls, .ppt); open it in its "
            f"program and save it without a password as .{expected}",
            f"文件设有密码，或为旧版 Office 格式（.doc、.xls、.ppt）；请用原程序打开，去除密码后另存为 .{expected}",
        )
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except _CORRUPT as error:
        raise damaged(expected) from error
    _refuse_bombs(archive.infolist())
    _refuse_other_kinds([info.filename for info in archive.infolist()], expected)
    for info in archive.infolist():
        _check_member(archive, info, expected)
    return archive


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part of an opened container. Raises `UnreadableFile` where it is missing or damaged."""
    try:
        return _read(archive, archive.getinfo(name))
    except KeyError as error:
        raise UnreadableFile(
            f"the file is incomplete: {name} is missing in it; open it in its program and save it again",
            f"文件不完整：缺少 {name}；请用原程序打开后另存再导入",
        ) from error
    except _CORRUPT as error:
        raise damaged("") from error


def damaged(kind: str) -> UnreadableFile:
    """The error for a file that is no container of this kind, or only the remains of one."""
    en, zh = _NAMES.get(kind, ("a file of its kind", "该类文件"))
    return UnreadableFile(
        f"the file is damaged or not {en}; copy or download it again, or open it in its program and save it again",
        f"文件已损坏或不是{zh}；请重新复制或下载，或用原程序打开后另存",
    )


def _refuse_bombs(members: list[zipfile.ZipInfo]) -> None:
    swollen = any(m.file_size > _RATIO_FROM and m.file_size > _MAX_RATIO * m.compress_size for m in members)
    if swollen or len(members) > _MAX_MEMBERS or sum(m.file_size for m in members) > _MAX_TOTAL:
        raise _too_much()


def _too_much() -> UnreadableFile:
    return UnreadableFile(
        "the file unpacks to far more than a document holds, so it was not opened; split it or save it again",
        "文件解压后过大，为安全起见未打开；请拆分或另存后再导入",
    )


def _refuse_other_kinds(names: list[str], expected: str) -> None:
    found = [kind for kind, sign in _SIGNS.items() if any(name.startswith(sign) for name in names)]
    if expected in found:
        return
    if not found:
        raise damaged(expected)
    (en, zh), (meant, meant_zh) = _NAMES[found[0]], _NAMES[expected]
    raise UnreadableFile(
        f"the file is {en}, not {meant}; rename it to end in .{found[0]}",
        f"文件实为{zh}，而不是{meant_zh}；请将扩展名改为 .{found[0]}",
    )


def _check_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, expected: str) -> None:
    """Unpacks a member once in small pieces: the sizes in a container's directory may be untrue, and what
    reads it afterwards may unpack all at once."""
    if info.flag_bits & 1:
        raise UnreadableFile(
            "the file is encrypted; save it without a password",
            "文件已加密；请去除密码后另存",
        )
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise damaged(expected)
    markup = info.filename.lower().endswith(_MARKUP)
    if markup and info.file_size > _MAX_MARKUP:
        raise _too_much()
    try:
        data = _read(archive, info, keep=markup)
    except _CORRUPT as error:
        raise damaged(expected) from error
    plain = data.replace(b"\0", b"") if b"\0" in data else data  # UTF-16 hides nothing
    # The pages of a book begin with a document type; those of the others never do.
    if b"<!ENTITY" in plain or (expected != "epub" and b"<!DOCTYPE" in plain):
        raise UnreadableFile(
            f"the file holds XML that no office program writes (a document type in {info.filename}), so it was "
            "not opened; open it in its program and save it again",
            f"文件含有异常的 XML（{info.filename} 中有文档类型声明），为安全起见未打开；请用原程序打开后另存",
        )


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, keep: bool = True) -> bytes:
    pieces: list[bytes] = []
    with archive.open(info) as stream:
        while piece := stream.read(_CHUNK):
            if keep:
                pieces.append(piece)
    return b"".join(pieces)

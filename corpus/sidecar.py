"""The sidecar: a YAML file beside a document, in which a person says what the document is.

`report.pdf.meta.yaml`, or `report.meta.yaml`, is the sidecar of `report.pdf`. Its fields are those of
`corpus/fields.py`, and each takes the place of what was read from the document.
"""

from __future__ import annotations

from pathlib import PurePath

import yaml

from corpus.errors import BadInput, UnreadableFile
from corpus.fields import Value, check

ENDING = ".meta.yaml"
MOST_BYTES = 64 * 1024


def is_sidecar(name: str) -> bool:
    """Whether a file of this name says something of another and is no document itself."""
    return name.lower().endswith(ENDING)


def sidecar_names(name: str) -> tuple[str, str]:
    """The names that the sidecar of a file may have, the first that is there counts."""
    return name + ENDING, PurePath(name).stem + ENDING


def read_sidecar(data: bytes, name: str = "") -> dict[str, Value]:
    """The fields that a sidecar says. Raises `UnreadableFile` that names the field and its line."""
    if len(data) > MOST_BYTES:
        raise _wrong(name, 1, "it is longer than 64 KiB", "超过 64 KiB")
    try:
        text = data.decode("utf-8-sig")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _wrong(name, line, "it is not UTF-8; save it as UTF-8", "不是 UTF-8 编码；请另存为 UTF-8") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _wrong(name, line, "this is no valid YAML", "YAML 有误") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _wrong(name, 1, "this is no valid YAML", "YAML 有误") from error
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode) or not isinstance(values, dict):
        raise _wrong(name, 1, "write lines such as title: …", "请逐行书写，如 title: …")
    return _fields(root, values, name)


def _fields(root: yaml.MappingNode, values: dict[object, object], name: str) -> dict[str, Value]:
    found: dict[str, Value] = {}
    lines = {str(key.value): key.start_mark.line + 1 for key, _ in root.value}
    for field, given in values.items():
        line = lines.get(str(field), 1)
        try:
            value = check(str(field), given)
            str(value).encode()
        except BadInput as error:
            raise _wrong(name, line, error.en, error.zh) from error
        except ValueError as error:
            raise _wrong(name, line, f"{field} has characters that are none", f"字段 {field} 含有无效字符") from error
        if value is not None:
            found[str(field)] = value
    return found


def _wrong(name: str, line: int, en: str, zh: str) -> UnreadableFile:
    return UnreadableFile(
        f"line {line} of the sidecar{f' {name}' if name else ''}: {en}; correct it or remove it",
        f"附属说明文件{f' {name} ' if name else ''}第 {line} 行：{zh}；请改正或删除该文件",
    )

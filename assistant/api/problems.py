"""The one place where an error becomes an HTTP response: `application/problem+json` (RFC 9457).

`detail` says what is wrong and what to do, in Chinese for a caller whose `Accept-Language` begins with
zh, else in English. Nothing of a traceback leaves the process.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.texts import Language
from corpus.errors import YijuError

MEDIA_TYPE = "application/problem+json"

_ZH = {
    "missing": "缺少该字段",
    "extra_forbidden": "没有这个字段",
    "string_too_long": "内容过长，最多 {max_length} 字",
    "string_too_short": "内容过短，至少 {min_length} 字",
    "string_type": "应为字符串",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "greater_than_equal": "数值过小，最小为 {ge}",
    "less_than_equal": "数值过大，最大为 {le}",
    "literal_error": "只能是 {expected}",
    "json_invalid": "不是有效的 JSON",
    "model_attributes_type": "应为 JSON 对象",
    "too_long": "条目过多，最多 {max_length} 条",
    "tuple_type": "应为列表",
    "dict_type": "应为 JSON 对象",
    "enum": "只能是 {expected}",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "unknown_filter": "没有筛选条件 {unknown}；可用的有 {known}",
    "no_date": "应为形如 2025-01-31 的日期",
    "value_error": "含有无效字符",
}
# Where the words of pydantic are of Python, and not of JSON.
_EN = {
    "model_attributes_type": "it must be a JSON object",
    "dict_type": "it must be a JSON object",
    "too_long": "at most {max_length} entries are read; send fewer",
    "tuple_type": "it must be a list",
}
_HTTP = {
    404: ("there is nothing at this address; /docs lists what there is", "该地址不存在；可用地址见 /docs"),
    405: (
        "this address does not take this method; /docs lists what it takes",
        "该地址不支持此方法；详见 /docs",
    ),
}


def install(app: FastAPI) -> None:
    """Makes the app answer every error as a problem."""

    @app.exception_handler(YijuError)
    async def _yiju(request: Request, error: YijuError) -> JSONResponse:
        return problem(error.status, error.text(language_of(request)))

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, error: RequestValidationError) -> JSONResponse:
        return problem(422, _explain(error.errors(), language_of(request)))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        en, zh = _HTTP.get(error.status_code, (str(error.detail), str(error.detail)))
        return problem(error.status_code, zh if language_of(request) == "zh" else en, error.headers)


def problem(status: int, detail: str, headers: Any = None) -> JSONResponse:
    """A problem response."""
    return JSONResponse(problem_body(status, detail), status, headers, MEDIA_TYPE)


def problem_body(status: int, detail: str) -> dict[str, object]:
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}


def language_of(request: Request) -> Language:
    """The language that the caller reads."""
    return "zh" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"


def _said(error: Any, language: str) -> dict[str, Any]:
    """What an error says of the values that are allowed."""
    said = dict(error.get("ctx", {}))
    if language == "zh" and "expected" in said:
        said["expected"] = str(said["expected"]).replace(" or ", " 或 ").replace(", ", "、")
    return said


def _explain(errors: Sequence[Any], language: str) -> str:
    parts = []
    for error in errors[:5]:
        place = ".".join(str(p) for p in error["loc"] if p not in ("body", "query", "path")) or "body"
        ours = (_ZH if language == "zh" else _EN).get(error["type"])
        message = ours.format_map(_said(error, language)) if ours else error["msg"]
        sent = error.get("input")
        shown = (
            f" ({sent!r})"
            if isinstance(sent, (int, float, bool)) or (isinstance(sent, str) and len(sent) <= 60)
            else ""
        )
        parts.append(f"{place}{shown}: {message}")
    advice = "请求有误，详见 /docs：" if language == "zh" else "the request can't be used as it is (see /docs): "
    return advice + "; ".join(parts)

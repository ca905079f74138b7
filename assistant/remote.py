"""The assistant of a server that holds the data folder, with the same methods, over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import TypeAdapter

from assistant.answers import Answer, Filters, Hit
from assistant.core import DocumentSummary, Question
from corpus.document import Note
from corpus.errors import (
    BadInput,
    BadReply,
    Held,
    NotFound,
    TimedOut,
    TooLarge,
    Unavailable,
    UnreadableFile,
    YijuError,
)
from corpus.sidecar import ENDING
from corpus.similarity import Pair
from indexing.explain import Explained
from indexing.ingest import Result

_ID = re.compile(r"[0-9a-f]{16}")
_HITS = TypeAdapter(tuple[Hit, ...])
_EXPLAINED = TypeAdapter(Explained)
_ERRORS: dict[int, type[YijuError]] = {
    404: NotFound,
    409: Held,
    413: TooLarge,
    415: UnreadableFile,
    502: BadReply,
    503: Unavailable,
    504: TimedOut,
}


class Remote:
    """Speaks to the server at `address`. Raises the same errors as the assistant itself."""

    def __init__(self, address: str, api_key: str | None, language: str) -> None:
        headers = {"Accept-Language": language}
        if api_key:
            headers["Authorization"] = f"Bearer {api_key}"
        self._address = address
        self._client = httpx.Client(base_url=address, headers=headers, timeout=300, trust_env=False)

    def ask(self, question: Question) -> Answer:
        body = {
            "question": question.text,
            "conversation_id": question.conversation_id,
            "history": [message.model_dump() for message in question.history],
            "filters": question.filters.model_dump(mode="json"),
            "top_k": question.top_k,
            "answerer": question.answerer,
            "language": question.language,
        }
        return Answer.model_validate_json(self._send("POST", "/ask", json=body).content)

    def search(self, question: str, *, top_k: int = 8, filters: Filters | None = None) -> tuple[Hit, ...]:
        found = self._send("POST", "/search", json=_search(question, top_k, filters)).json()
        return _HITS.validate_python(found["hits"])

    def explain(
        self, question: str, *, top_k: int = 8, filters: Filters | None = None
    ) -> tuple[tuple[Hit, ...], Explained]:
        found = self._send("POST", "/search", json={**_search(question, top_k, filters), "explain": True}).json()
        return _HITS.validate_python(found["hits"]), _EXPLAINED.validate_python(found["explanation"])

    def documents(self, *, versions: bool = False) -> tuple[DocumentSummary, ...]:
        found = self._send("GET", "/documents", params={"versions": versions}).json()
        return tuple(DocumentSummary(**row) for row in found["documents"])

    def text(self, document_id: str, start: int, end: int) -> str:
        """The exact text of a span. Raises `NotFound`, and `BadInput` where the document ends before it."""
        said: str = self._send("GET", f"{_path(document_id)}/text", params={"start": start, "end": end}).json()["text"]
        return said

    def similar(self) -> tuple[Pair, ...]:
        return tuple(Pair(**row) for row in self._send("GET", "/documents/similar").json()["pairs"])

    def set_fields(self, document_id: str, fields: Mapping[str, object]) -> None:
        self._send("PATCH", _path(document_id), json=dict(fields))

    def show(self, document_id: str) -> dict[str, Any]:
        shown: dict[str, Any] = self._send("GET", _path(document_id)).json()
        return shown

    def remove(self, document_id: str) -> None:
        self._send("DELETE", _path(document_id))

    def ready(self) -> dict[str, Any]:
        said: dict[str, Any] = self._send("GET", "/health/ready").json()
        return said

    def rebuild(self, settings: Mapping[str, object]) -> dict[str, Any]:
        """Has the index built again there with these settings; returns the job. Raises `Held` and `BadInput`."""
        job: dict[str, Any] = self._send("POST", "/rebuild", json={"settings": dict(settings)}).json()
        return job

    def job(self, job_id: str) -> dict[str, Any]:
        """How far a job is."""
        job: dict[str, Any] = self._send("GET", f"/jobs/{job_id}").json()
        return job

    def add(
        self, data: bytes, *, uri: str, source: str, sidecar: bytes | None = None, sidecar_name: str = ""
    ) -> Result:
        """Sends a file to be indexed there, with its sidecar. Raises `UnreadableFile` and `TooLarge`."""
        files = {"file": (source, data)}
        if sidecar is not None:
            files["sidecar"] = (sidecar_name or source + ENDING, sidecar)
        try:
            # In a form a file's name can't hold every character, so it is sent by itself, too.
            said = self._send("POST", "/documents", files=files, data={"uri": uri, "name": source}).json()
        except BadInput as error:
            raise UnreadableFile(error.en, error.zh) from error
        notes = tuple(Note(**note) for note in said["notes"])
        return Result(source, said["outcome"], said["document_id"], duplicate_of=said["duplicate_of"], notes=notes)

    def close(self) -> None:
        self._client.close()

    def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            response = self._client.request(method, path, **content)
        except UnicodeEncodeError as error:
            raise BadInput(
                "what was given has characters that are none; write it again in UTF-8",
                "所给内容含有无效字符；请以 UTF-8 重新输入",
            ) from error
        except httpx.HTTPError as error:
            raise Unavailable(
                f"the Yiju server at {self._address}, which holds the data folder, does not answer ({error}); "
                "start it again or stop it",
                f"持有数据目录的 Yiju 服务 {self._address} 没有应答（{error}）；请重新启动或停止它",
            ) from error
        if response.is_success:
            return response
        raise _error(response)


def _search(question: str, top_k: int, filters: Filters | None) -> dict[str, Any]:
    return {"question": question, "top_k": top_k, "filters": (filters or Filters()).model_dump(mode="json")}


def _path(document_id: str) -> str:
    """A document's address. What can't be an id is refused here, for it might be the address of something else."""
    if not _ID.fullmatch(document_id):
        raise NotFound(
            f"there is no document {document_id!r}; `yiju documents list` shows those there are",
            f"没有编号为 {document_id!r} 的文件；可用 yiju documents list 查看已有文件",
        )
    return f"/documents/{document_id}"


def _error(response: httpx.Response) -> YijuError:
    try:
        detail = str(response.json()["detail"])
    except (json.JSONDecodeError, KeyError, TypeError):
        detail = f"HTTP {response.status_code}"
    error = _ERRORS.get(response.status_code, BadInput)(detail, detail)
    error.status = response.status_code
    return error

"""The routes that show how a document looks and how it was read: page images, places of words, passages."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request, Response

from assistant.answers import Frozen
from assistant.core import Assistant
from assistant.page_images import NARROWEST, USUAL, WIDEST, PageImages
from corpus.document import Box, Document
from corpus.errors import BadInput
from indexing.tokens import count_tokens

_MOST_SPANS = 20
_MOST_PASSAGES = 500
_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})")


class PageBoxes(Frozen):
    """Boxes on a page of `width` by `height` points, each left, top, right, bottom from its top left corner.
    `exact` is false where the words could not be placed and the boxes are those of their blocks."""

    page: int
    width: float
    height: float
    boxes: tuple[tuple[float, float, float, float], ...]
    exact: bool


class SpanBoxes(Frozen):
    document_id: str
    start: int
    end: int
    pages: tuple[PageBoxes, ...]


class PassageInfo(Frozen):
    """A passage that the search holds: a span of the text, its place, and its length in tokens."""

    number: int
    kind: str
    start: int
    end: int
    headings: tuple[str, ...]
    page: int | None
    tokens: int


class PassageList(Frozen):
    document_id: str
    total: int
    offset: int
    passages: tuple[PassageInfo, ...]


def install(app: FastAPI, assistant: Assistant, images: PageImages | None) -> None:
    """Adds the routes to the API; without `images` it shows no pages."""
    app.include_router(_passages(assistant))
    if images is not None:
        app.include_router(_pages(assistant, images))


def _pages(assistant: Assistant, images: PageImages) -> APIRouter:
    router = APIRouter(prefix="/documents/{document_id}", tags=["documents"])

    @router.get("/pages/{page}.png", response_class=Response, responses={200: {"content": {"image/png": {}}}})
    def page_image(
        document_id: str,
        page: int,
        request: Request,
        width: Annotated[int, Query(ge=NARROWEST, le=WIDEST, description="in pixels")] = USUAL,
        boxes: Annotated[
            str, Query(max_length=400, description="spans of the text whose words are boxed: 120-168,300-321")
        ] = "",
    ) -> Response:
        """A page as a picture, for documents that were read from PDF. Pages count from 1."""
        document = assistant.document(document_id)
        spans = _spans(boxes)
        drawn = f"{document.sha256} {document.id} {page} {width} {spans}"
        tag = f'"{hashlib.sha256(drawn.encode()).hexdigest()[:32]}"'
        # The browser asks again each time: a document may have been removed. What is there does not change.
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        png = images.picture(document, page, width, _marked(images, document, spans))
        return Response(png, media_type="image/png", headers=headers)

    @router.get("/boxes")
    def span_boxes(document_id: str, start: Annotated[int, Query(ge=0)], end: Annotated[int, Query(ge=0)]) -> SpanBoxes:
        """Where the words of a span stand on the pages, for documents that were read from PDF."""
        places = images.places(assistant.document(document_id), start, end)
        pages = tuple(
            PageBoxes(
                page=p.page,
                width=p.width,
                height=p.height,
                boxes=tuple((b.left, b.top, b.right, b.bottom) for b in p.boxes),
                exact=p.exact,
            )
            for p in places
        )
        return SpanBoxes(document_id=document_id, start=start, end=end, pages=pages)

    return router


def _passages(assistant: Assistant) -> APIRouter:
    router = APIRouter(prefix="/documents/{document_id}", tags=["documents"])

    @router.get("/passages")
    def document_passages(
        document_id: str,
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=_MOST_PASSAGES)] = 100,
    ) -> PassageList:
        """The passages into which the document is cut for the search, in order."""
        passages = assistant.index.passages(assistant.document(document_id))
        return PassageList(
            document_id=document_id,
            total=len(passages),
            offset=offset,
            passages=tuple(
                PassageInfo(
                    number=p.number,
                    kind=p.kind,
                    start=p.start,
                    end=p.end,
                    headings=p.headings,
                    page=p.page,
                    tokens=count_tokens(p.text),
                )
                for p in passages[offset : offset + limit]
            ),
        )

    return router


def _spans(given: str) -> tuple[tuple[int, int], ...]:
    found = [_SPAN.fullmatch(part.strip()) for part in given.split(",")] if given.strip() else []
    spans = tuple((int(match[1]), int(match[2])) for match in found if match)
    if len(spans) < len(found) or len(spans) > _MOST_SPANS:
        raise BadInput(
            f"boxes can't be {given[:60]!r}; give at most {_MOST_SPANS} spans of the text such as 120-168,300-321",
            f"boxes 不能为 {given[:60]!r}；请给出最多 {_MOST_SPANS} 个正文区间，例如 120-168,300-321",
        )
    return spans


def _marked(images: PageImages, document: Document, spans: tuple[tuple[int, int], ...]) -> tuple[Box, ...]:
    places = [place for start, end in spans for place in images.places(document, start, end)]
    return tuple(dict.fromkeys(box for place in places for box in place.boxes))

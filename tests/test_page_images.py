"""Page images and the places of words on them, on PDF files that the tests make themselves."""

from __future__ import annotations

import io
import re
import threading
import time
from collections.abc import Callable
from itertools import pairwise

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageChops
from reportlab.lib.utils import simpleSplit
from starlette.testclient import TestClient

from assistant.api.app import build_app
from assistant.page_images import PageImages
from assistant.wiring import Workplace
from corpus.document import Box, Document, Kind
from corpus.errors import NotFound, Unavailable
from corpus.originals import Originals
from corpus.readers.pdf_places import Mark, Wanted, place
from indexing.workers import Limits, ReaderPool
from test_reader_pdf import HEIGHT, LEFT, SENTENCE, WIDTH, Page

Open = Callable[..., Workplace]
NAME = "渡轮.pdf"
ENGLISH = (
    "The ferry leaves the northern quay at seven, carries no more than sixty passengers, and does not wait for "
    "anyone who is late; a well-kept timetable hangs beside the ticket office and is renewed in every season."
)


def made(*draw: Callable[[Page], object], **options: object) -> bytes:
    page = Page(**options)
    for one in draw:
        one(page)
        page.turn()
    return page.bytes()


def client_of(place: Workplace, key: str | None = None) -> TestClient:
    app = build_app(place.assistant, place.ingester(), api_key=key, most_bytes=2**20, images=place.images)
    return TestClient(app, raise_server_exceptions=False)


def add(place: Workplace, data: bytes, name: str = NAME) -> Document:
    result = place.ingester().add(data, uri=f"test:{name}", source=name)
    return place.assistant.document(result.document_id or "")


def english(page: Page) -> None:
    for i, line in enumerate(simpleSplit(ENGLISH, "Helvetica", 11, 400)):
        page.text(LEFT, 400 + 16 * i, line, 11, "Helvetica")


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def seen(data: bytes, page: dict[str, object]) -> str:
    """What PDFium finds within boxes: places of the page as it is shown become its own by its rotation."""
    pdf = pdfium.PdfDocument(data)
    sheet = pdf[int(str(page["page"])) - 1]
    assert sheet.get_size() == (page["width"], page["height"])
    width, height = sheet.get_mediabox()[2:]
    found = []
    for left, top, right, bottom in page["boxes"]:  # type: ignore[attr-defined]
        match sheet.get_rotation():
            case 0:
                own = left, height - bottom, right, height - top
            case 90:
                own = top, left, bottom, right
            case 180:
                own = width - right, top, width - left, bottom
            case _:
                own = width - bottom, height - right, width - top, height - left
        # A character counts where its middle is: a hair's breadth is taken off the sides.
        own = own[0] + 0.5, own[1] + 0.5, own[2] - 0.5, own[3] - 0.5
        found.append(sheet.get_textpage().get_text_bounded(*own))
    return squeezed("".join(found))


def boxes(client: TestClient, document: Document, words: str) -> list[dict[str, object]]:
    start = document.text.index(words)
    asked = {"start": start, "end": start + len(words)}
    found = client.get(f"/documents/{document.id}/boxes", params=asked)
    assert found.status_code == 200, found.text
    pages: list[dict[str, object]] = found.json()["pages"]
    return pages


# The rotation of a page, and how things are drawn on it: so that they stand upright where it is shown, and one
# page whose text runs upwards.
UPRIGHT = (1, 0, 0, 1, 0, 0)
ROTATED = [
    (0, UPRIGHT),
    (90, (0, 1, -1, 0, HEIGHT, 0)),
    (180, (-1, 0, 0, -1, WIDTH, HEIGHT)),
    (270, (0, -1, 1, 0, 0, WIDTH)),
    (0, (0, 1, -1, 0, HEIGHT, 0)),
]


@pytest.mark.parametrize(("rotation", "matrix"), ROTATED)
def test_the_words_of_a_span_are_boxed_on_a_page_of_any_rotation(
    workplace: Open, rotation: int, matrix: tuple[float, ...]
) -> None:
    def draw(page: Page) -> None:
        page.canvas.setPageRotation(rotation)
        page.canvas.transform(*matrix)
        page.paragraph(100, SENTENCE * 3 + "。")
        english(page)

    place = workplace(readers=0)
    data = made(draw)
    document = add(place, data)
    with client_of(place) as client:
        for words in ("分级负责的原则", SENTENCE[20:] + SENTENCE[:10], "passengers, and does not wait", "well-kept"):
            (page,) = boxes(client, document, words)
            assert page["exact"]
            assert seen(data, page).replace("-", "") == squeezed(words).replace("-", "")


def test_a_span_over_a_page_break_has_boxes_on_both_pages(workplace: Open) -> None:
    place = workplace(readers=0)
    data = made(lambda page: page.paragraph(740, "".join(chr(0x4E00 + 7 * n) for n in range(300)) + "。"))
    document = add(place, data)
    (block,) = document.blocks
    words = document.quote(block.turns[0] - 50, block.turns[0] + 40)
    with client_of(place) as client:
        pages = boxes(client, document, words)
        assert [page["page"] for page in pages] == [1, 2]
        assert "".join(seen(data, page) for page in pages) == words
        (alone,) = boxes(client, document, words[-20:])
        assert (alone["page"], seen(data, alone)) == (2, words[-20:])


def test_a_cell_is_boxed_and_not_its_row(workplace: Open) -> None:
    rows = [["序号", "航线", "说明"], ["1", "北岸", "每日开航"], ["2", "南岸", "每周开航"], ["3", "西岛", "冬季停航"]]
    place = workplace(readers=0)
    data = made(lambda page: page.grid(100, [90, 150, 250, 400], rows))
    document = add(place, data)
    with client_of(place) as client:
        (page,) = boxes(client, document, "每周开航")
        assert seen(data, page) == "每周开航"
        (page,) = boxes(client, document, "2\t南岸")
        assert page["exact"]
        assert seen(data, page) == "2南岸"


def test_a_row_that_a_page_break_cuts_is_boxed_on_both_pages(workplace: Open) -> None:
    xs = [90, 150, 250, 400]

    def first(page: Page) -> None:
        page.grid(720, xs, [["序号", "航线", "说明"], ["1", "北岸", "每日开航"], ["2", "南岸", "每周开航，"]])

    def second(page: Page) -> None:
        page.grid(60, xs, [["", "", "节日加开"], ["3", "西岛", "冬季停航"]])

    place = workplace(readers=0)
    data = made(first, second)
    document = add(place, data)
    row = next(
        b for b in document.blocks if b.kind is Kind.TABLE_ROW and b.start <= document.text.index("每周") < b.end
    )
    with client_of(place) as client:
        pages = boxes(client, document, document.quote(row.start, row.end))
        assert [(page["page"], seen(data, page), page["exact"]) for page in pages] == [
            (1, "2南岸每周开航，", True),
            (2, "节日加开", True),
        ]


def test_hyphens_that_the_reader_took_out_and_lines_drawn_out_of_order_do_not_matter(workplace: Open) -> None:
    def draw(page: Page) -> None:
        page.text(
            LEFT, 132, "table hangs beside the office and is renewed in every season of the year.", 12, "Helvetica"
        )
        page.text(LEFT, 116, "table lists every crossing of the northern ferry line; the time-", 12, "Helvetica")
        page.text(LEFT, 100, "The timetable is the list that travellers ask for first, and a time-", 12, "Helvetica")

    place = workplace(readers=0)
    data = made(draw)
    document = add(place, data)
    words = "a timetable lists every crossing of the northern ferry line; the timetable hangs beside"
    with client_of(place) as client:
        (page,) = boxes(client, document, words)
        assert page["exact"]
        assert seen(data, page).replace("\x02", "").replace("-", "").replace("￾", "") == squeezed(words)


def marks(text: str, top: float = 100) -> list[Mark]:
    return [Mark(c, 1, 10 * i, top, 10 * i + 9, top + 10) for i, c in enumerate(text) if c != " "]


def test_cells_drawn_line_by_line_are_put_together_again() -> None:
    drawn = [*marks("甲乙    冬季"), *marks("丙丁    停航", 112)]
    row = Wanted("甲乙丙丁\t冬季停航", 5, 9, (1,), ())
    found, exact = place(row, drawn)
    assert exact
    assert found == (Box(1, 60, 100, 79, 110), Box(1, 60, 112, 79, 122))


def test_words_that_can_t_be_found_have_their_block_s_box() -> None:
    block = Box(1, 0, 90, 200, 120)
    assert place(Wanted("甲乙丙丁", 0, 4, (1,), (block,)), marks("甲乙戊己")) == ((block,), False)
    assert place(Wanted("甲乙丙丁", 0, 4, (1,), (block,)), []) == ((block,), False)
    # What stands elsewhere on the page is not what the block says.
    assert place(Wanted("甲乙", 0, 2, (1,), (block,)), marks("甲乙", 300)) == ((block,), False)
    long = "子丑寅卯辰巳午未申酉戌亥"
    assert place(Wanted(long, 0, 2, (1,), (block,)), marks(long, 300)) == ((Box(1, 0, 300, 19, 310),), True)


def test_a_page_is_a_picture_of_the_width_that_was_asked_for_with_the_words_marked(workplace: Open) -> None:
    place = workplace()
    document = add(place, made(lambda page: page.paragraph(100, SENTENCE * 3 + "。")))
    at, words = f"/documents/{document.id}/pages/1.png", "分级负责的原则"
    start = document.text.index(words)
    with client_of(place) as client:
        plain = client.get(at, params={"width": 595})
        assert plain.headers["content-type"] == "image/png"
        bare = Image.open(io.BytesIO(plain.content))
        assert bare.size == (595, 842)
        given = client.get(at, params={"width": 595, "boxes": f"{start}-{start + len(words)}"})
        marked = Image.open(io.BytesIO(given.content))
        (page,) = boxes(client, document, words)
        box = page["boxes"][0]  # type: ignore[index]
        changed = ImageChops.difference(bare, marked).getbbox()
        assert changed is not None
        assert all(abs(a - b) < 2 for a, b in zip(changed, box, strict=True))
        again = client.get(at, params={"width": 595}, headers={"If-None-Match": plain.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_what_is_not_there_is_said_with_what_is(workplace: Open) -> None:
    place = workplace()
    document = add(place, made(*[lambda page: page.paragraph(100, SENTENCE + "。")] * 2))
    note = add(place, "# 通知\n\n船票当日有效。".encode(), "note.md")
    with client_of(place) as client:

        def told(path: str, **params: object) -> tuple[int, str, str]:
            both = [
                client.get(f"/documents/{path}", params=params, headers={"Accept-Language": language})  # type: ignore[arg-type]
                for language in ("en", "zh")
            ]
            assert all(one.headers["content-type"] == "application/problem+json" for one in both)
            return both[0].status_code, both[0].json()["detail"], both[1].json()["detail"]

        for page in (0, -1, 3, 10**20):
            status, en, zh = told(f"{document.id}/pages/{page}.png")
            assert (status, "pages 1–2" in en, "共有 2 页" in zh) == (404, True, True)
        status, en, zh = told(f"{note.id}/pages/1.png")
        assert (status, "without pages" in en, "没有可显示的页面" in zh) == (404, True, True)
        assert told(f"{note.id}/boxes", start=0, end=3)[0] == 404
        assert told("0000000000000000/pages/1.png")[0] == 404
        assert told(f"{document.id}/pages/one.png")[0] == 422
        for width in (0, 99, 2001):
            assert told(f"{document.id}/pages/1.png", width=width)[0] == 422
        for given in ("1", "a-b", "5-3", "0-999999", ",".join(["0-1"] * 21)):
            assert told(f"{document.id}/pages/1.png", boxes=given)[0] == 400
        for start, end in ((3, 3), (5, 3), (0, 10**6)):
            assert told(f"{document.id}/boxes", start=start, end=end)[0] == 400


def test_a_document_whose_file_was_not_kept_says_to_ingest_it_again(workplace: Open) -> None:
    data = made(lambda page: page.paragraph(100, SENTENCE + "。"))
    place = workplace(originals="none")
    document = add(place, data)
    with client_of(place) as client:
        refused = client.get(f"/documents/{document.id}/pages/1.png")
        assert refused.status_code == 404
        assert "ingest it again" in refused.json()["detail"]
    place = workplace()
    add(place, data)
    with client_of(place) as client:
        assert client.get(f"/documents/{document.id}/pages/1.png").status_code == 200
        place.index.remove(document.id)
        for what in ("pages/1.png", "boxes?start=0&end=1", "passages"):
            assert client.get(f"/documents/{document.id}/{what}").status_code == 404


def test_pages_need_the_key_like_everything_else(workplace: Open) -> None:
    place = workplace()
    document = add(place, made(lambda page: page.paragraph(100, SENTENCE + "。")))
    with client_of(place, "secret") as client:
        for what in ("pages/1.png", "boxes?start=0&end=1", "passages"):
            at = f"/documents/{document.id}/{what}"
            assert client.get(at).status_code == 401
            assert client.get(at, headers={"Authorization": "Bearer secret"}).status_code == 200


def test_without_reading_processes_pages_are_drawn_all_the_same(workplace: Open) -> None:
    place = workplace(readers=0)
    data = made(lambda page: page.paragraph(100, SENTENCE + "。"))
    document = add(place, data)
    with client_of(place) as client:
        assert client.get(f"/documents/{document.id}/pages/1.png").status_code == 200
        assert seen(data, boxes(client, document, "统一规划")[0]) == "统一规划"


class Hostile(ReaderPool):
    """Runs something else than it was asked for."""

    work: Callable[..., object] = staticmethod(time.sleep)
    given: tuple[object, ...] = (60,)
    runs = 0

    def run(self, *_: object, **__: object) -> object:  # type: ignore[override]
        self.runs += 1
        return super().run(self.work, *self.given)


def kept(place: Workplace, pool: ReaderPool) -> PageImages:
    return PageImages(Originals(place.settings.data / "originals"), pool)


def test_a_page_that_takes_too_long_is_given_up_once_and_for_all(workplace: Open) -> None:
    place = workplace()
    document = add(place, made(lambda page: page.paragraph(100, SENTENCE + "。")))
    pool = Hostile(1, Limits(1, 512))
    images = kept(place, pool)
    try:
        began = time.monotonic()
        for _ in range(3):
            with pytest.raises(NotFound, match="longer than 1 seconds") as said:
                images.picture(document, 1)
            assert "无法显示" in said.value.zh
        assert pool.runs == 1
        assert time.monotonic() - began < 15
    finally:
        pool.close()


def test_only_so_many_wait_for_a_page(workplace: Open) -> None:
    place = workplace()
    document = add(place, made(lambda page: page.paragraph(100, SENTENCE + "。")))
    pool = Hostile(1, Limits(60, 512))
    images = kept(place, pool)
    said: list[type[BaseException]] = []

    def ask(number: int) -> None:
        try:
            images.picture(document, number)
        except (NotFound, Unavailable) as error:
            said.append(type(error))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    while pool.runs < 8:
        time.sleep(0.01)
    with pytest.raises(Unavailable, match="few seconds"):
        images.picture(document, 9)
    pool.close()
    for thread in threads:
        thread.join(20)
    assert len(said) == 8


def test_passages_say_how_a_document_was_cut_and_the_document_what_was_left_out(workplace: Open) -> None:
    place = workplace()
    text = "# 渡轮办法\n\n## 目录\n\n一、票务……1\n\n二、航线……2\n\n一、票务\n\n船票当日有效。\n\n二、航线\n\n"
    text += "| 航线 | 班次 |\n|---|---|\n| 北岸 | 七点 |\n| 南岸 | 九点 |\n"
    document = add(place, text.encode(), "ferry.md")
    with client_of(place) as client:
        at = f"/documents/{document.id}"
        found = client.get(f"{at}/passages").json()
        assert found["total"] == len(found["passages"]) == next(s.passages for s in place.catalogue.summaries())
        for one in found["passages"]:
            assert one["tokens"] > 0
            assert 0 <= one["start"] < one["end"] <= len(document.text)
        assert all(a["end"] <= b["start"] for a, b in pairwise(found["passages"]))
        part = client.get(f"{at}/passages", params={"offset": 1, "limit": 1}).json()
        assert part["passages"] == found["passages"][1:2]
        assert client.get(f"{at}/passages", params={"limit": 501}).status_code == 422
        left = client.get(at).json()["left_out"]
        header = next(one for one in left if one["kind"] == "table_header")
        assert "班次" in document.quote(header["start"], header["end"])
        assert {(b.start, b.end) for b in document.blocks if not b.kind.searchable} == {
            (one["start"], one["end"]) for one in left
        }

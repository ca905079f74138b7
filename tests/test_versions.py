"""What people say of documents, which documents others replace, and what was in force when."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from assistant.answers import Filters
from assistant.api.app import build_app
from assistant.core import Question
from assistant.texts import caution
from assistant.wiring import Workplace
from conftest import add
from corpus.document import Status
from corpus.errors import BadInput, UnreadableFile
from corpus.sidecar import read_sidecar
from corpus.similarity import SIMILAR, similar_pairs, similarity, sketch
from corpus.standing import Life
from indexing.ingest import find_files, ingest

Open = Callable[..., Workplace]


def rules(year: int, fare: int, more: str = "") -> str:
    return (
        f"# 湖滨市渡轮票价办法\n\n湖价发〔{year}〕3号\n\n湖滨市交通运输局\n\n{year}年1月5日\n\n"
        f"一、票价\n\n成人渡轮票价为{fare}元。\n\n二、附则\n\n本办法自{year}年3月1日起施行{more}。\n"
    )


def sources(place: Workplace, **filters: object) -> set[str]:
    hits = place.assistant.search("渡轮票价", top_k=20, filters=Filters(**filters))  # type: ignore[arg-type]
    return {hit.source for hit in hits}


def said(place: Workplace, document: str, field: str) -> tuple[object, str | None]:
    metadata = place.assistant.document(document).metadata
    return getattr(metadata, field), dict(metadata.read_from).get(field)


def run(place: Workplace, folder: Path) -> dict[str, str]:
    return {r.source: r.outcome for r in ingest(find_files([folder]), place.ingester(), 10_000)}


@pytest.fixture
def place(workplace: Open) -> Workplace:
    return workplace()


def test_a_date_finds_what_was_in_force_on_it(place: Workplace) -> None:
    add(place, rules(2015, 2, "，有效期5年"), "old.md")
    add(place, rules(2022, 3), "new.md")
    add(place, "# 渡轮票价说明\n\n渡轮票价以公告为准。\n", "undated.md")
    assert sources(place, as_of=date(2014, 1, 1)) == {"undated.md"}
    assert sources(place, as_of=date(2015, 2, 28)) == {"undated.md"}, "issued, and not yet in force"
    assert sources(place, as_of=date(2015, 3, 1)) == {"undated.md", "old.md"}
    assert sources(place, as_of=date(2020, 2, 29)) == {"undated.md", "old.md"}, "its last day"
    assert sources(place, as_of=date(2020, 3, 1)) == {"undated.md"}
    assert sources(place, as_of=date(2023, 1, 1)) == {"undated.md", "new.md"}
    assert sources(place) == {"undated.md", "old.md", "new.md"}


def test_filters_bound_status_region_issuer_and_number(place: Workplace) -> None:
    add(place, rules(2022, 3), "rules.md")
    add(place, "# 某省渡轮票价方案（征求意见稿）\n\n某省交通厅\n\n渡轮票价为四元。\n", "draft.md")
    add(place, "# 随笔\n\n渡轮票价不贵。\n", "note.md")
    assert sources(place, status="current") == {"rules.md"}
    assert sources(place, status=["comment", "draft"]) == {"draft.md"}
    assert sources(place, region="湖滨市") == {"rules.md"}
    assert sources(place, issuer="某省交通厅") == {"draft.md"}
    assert sources(place, number="湖价发[2022] 3 号") == {"rules.md"}
    assert sources(place, number="湖价发〔2022〕3号", region="某省") == set()


def test_fields_set_by_hand_outlive_the_next_version_and_an_empty_value_takes_them_back(place: Workplace) -> None:
    first = add(place, rules(2022, 3))
    answer = place.assistant.ask(Question("成人渡轮票价是多少元？"))
    place.assistant.set_fields(first, {"title": "票价新名", "status": "试行", "issuers": "甲局、乙局", "effective": ""})
    assert said(place, first, "title") == ("票价新名", "set by hand")
    assert said(place, first, "status") == (Status.TRIAL, "set by hand")
    assert said(place, first, "issuers") == (("甲局", "乙局"), "set by hand")
    assert sources(place, status="trial", issuer="乙局") == {"note.md"}
    for citation in answer.citations:
        document = place.assistant.document(citation.document_id)
        assert document.text[citation.start : citation.end] == citation.quote
    second = add(place, rules(2022, 4))
    assert second != first
    assert said(place, second, "title") == ("票价新名", "set by hand")
    assert {h.title for h in place.assistant.search("票价新名")} == {"票价新名"}
    place.assistant.set_fields(second, {"title": "", "status": ""})
    assert said(place, second, "title")[0] == "湖滨市渡轮票价办法"
    assert said(place, second, "status")[0] is Status.CURRENT
    assert said(place, second, "issuers") == (("甲局", "乙局"), "set by hand")
    with pytest.raises(BadInput, match=second):
        place.assistant.set_fields(first, {"title": "x"})


def test_words_of_a_new_title_are_counted_as_those_of_the_old_one_were(place: Workplace) -> None:
    def terms() -> list[tuple[object, ...]]:
        with place.catalogue.transaction() as connection:
            return sorted(map(tuple, connection.exec_driver_sql("select * from terms")))

    document = add(place, rules(2022, 3))
    before = terms()
    place.assistant.set_fields(document, {"title": "别的名称"})
    assert terms() != before
    place.assistant.set_fields(document, {"title": ""})
    assert terms() == before


@pytest.mark.parametrize("status", [*Status, "草案", "公开征求意见稿", "试行", "现行有效", "已废止"])
def test_every_status_is_kept_as_it_was_set(place: Workplace, status: str) -> None:
    document = add(place, "# 渡轮票价\n\n渡轮票价为三元。\n")
    place.assistant.set_fields(document, {"status": status})
    meant = dict(zip(("草案", "公开征求意见稿", "试行", "现行有效", "已废止"), Status, strict=True)).get(status, status)
    assert said(place, document, "status") == (meant, "set by hand")
    assert [d.status for d in place.assistant.documents()] == [meant]
    assert sources(place, status=meant) == {"note.md"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("colour", "red"), ("date", "tomorrow"), ("effective", "2024-02-30"), ("status", "excellent"),
        ("language", "fr"), ("title", "长" * 2000), ("supersedes", "nobody at all"),
    ],
)  # fmt: skip
def test_a_value_that_a_field_can_t_have_is_refused_in_both_languages(place: Workplace, field: str, value: str) -> None:
    document = add(place, rules(2022, 3))
    before = place.assistant.document(document).metadata
    with pytest.raises(BadInput) as caught:
        place.assistant.set_fields(document, {"title": "other", field: value})
    assert any("一" <= c <= "鿿" for c in caught.value.zh)
    assert place.assistant.document(document).metadata == before


def test_a_document_that_supersedes_another_ends_it(place: Workplace) -> None:
    old, new = add(place, rules(2015, 2), "old.md"), add(place, rules(2022, 3), "new.md")
    place.assistant.set_fields(new, {"supersedes": old})
    summaries = {d.source: d for d in place.assistant.documents()}
    assert (summaries["old.md"].status, summaries["old.md"].superseded_by) == ("withdrawn", new)
    assert summaries["new.md"].status == "current"
    assert sources(place, as_of=date(2022, 2, 28)) == {"old.md"}
    assert sources(place, as_of=date(2022, 3, 1)) == {"new.md"}
    assert sources(place, status="withdrawn") == {"old.md"}
    place.assistant.set_fields(old, {"status": "current"})
    assert sources(place, status="current") == {"old.md", "new.md"}, "unless somebody says otherwise"
    with pytest.raises(BadInput, match="other way round"):
        place.assistant.set_fields(old, {"supersedes": new})
    place.assistant.set_fields(new, {"supersedes": ""})
    assert sources(place, as_of=date(2023, 1, 1)) == {"old.md", "new.md"}


def test_what_a_document_says_that_it_repeals_is_superseded_whichever_comes_first(place: Workplace) -> None:
    repeal = "，《湖滨市渡轮票价办法》（湖价发〔2015〕3号）同时废止"
    new = add(place, rules(2022, 3, repeal), "new.md")
    assert place.assistant.document(new).metadata.supersedes == "湖价发〔2015〕3号"
    old = add(place, rules(2015, 2), "old.md")
    assert sources(place, as_of=date(2023, 1, 1)) == {"new.md"}
    assert place.catalogue.standing(old).superseded_by == new
    place.index.remove(new)
    assert place.catalogue.standing(old).superseded_by is None
    assert sources(place, as_of=date(2023, 1, 1)) == {"old.md"}


def test_versions_of_a_source_are_listed_after_each_other(place: Workplace) -> None:
    ids = [add(place, rules(2022, fare)) for fare in (3, 4, 5)]
    listed = place.assistant.documents(versions=True)
    assert [d.id for d in listed] == ids[::-1]
    assert [(d.current, d.supersedes, d.superseded_by) for d in listed] == [
        (True, ids[1], None),
        (False, ids[0], ids[2]),
        (False, None, ids[1]),
    ]
    assert [d.id for d in place.assistant.documents()] == [ids[2]]
    assert place.catalogue.standing(ids[0]).superseded_by == ids[1]


def test_a_crash_between_the_catalogue_and_the_store_is_mended_at_the_next_opening(
    workplace: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    place = workplace()
    document = add(place, rules(2022, 3))
    for fields, step in (({"status": "trial"}, "mark"), ({"title": "新的名称", "region": "某县"}, "upsert")):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(type(place.store), step, interrupt)
            place.assistant.set_fields(document, fields)
        place = workplace()
    assert place.catalogue.stale() == ()
    assert sources(place, status="trial", region="某县") == {"note.md"}
    assert sources(workplace(again=True), status="trial", region="某县") == {"note.md"}, "rebuilt as well"


def test_a_sidecar_says_what_a_document_is_and_a_change_of_it_alone_updates(place: Workplace, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.md").write_text(rules(2022, 3), encoding="utf-8")
    (folder / "b.txt").write_text("渡轮票价问答。\n", encoding="utf-8")
    (folder / "a.md.meta.yaml").write_text("title: 另一名称\nstatus: trial\n", encoding="utf-8")
    (folder / "b.meta.yaml").write_text("date: 2020-01-02\ntags: [问答]\n", encoding="utf-8")
    assert run(place, folder) == {"a.md": "added", "b.txt": "added"}
    a, b = sorted(place.assistant.documents(), key=lambda d: d.source)
    assert (a.title, a.status, b.date) == ("另一名称", "trial", "2020-01-02")
    assert said(place, b.id, "tags") == (("问答",), "sidecar")
    assert run(place, folder) == {"a.md": "unchanged", "b.txt": "unchanged"}
    (folder / "a.md.meta.yaml").write_text("status: withdrawn\n", encoding="utf-8")
    place.assistant.set_fields(a.id, {"number": "甲〔2020〕1号"})
    text = place.assistant.document(a.id).text
    assert run(place, folder) == {"a.md": "updated", "b.txt": "unchanged"}
    assert said(place, a.id, "title")[0] == "湖滨市渡轮票价办法"
    assert said(place, a.id, "number") == ("甲〔2020〕1号", "set by hand")
    assert (sources(place, status="withdrawn"), place.assistant.document(a.id).text) == ({"a.md"}, text)
    (folder / "a.md.meta.yaml").unlink()
    assert run(place, folder)["a.md"] == "updated"
    assert said(place, a.id, "status")[0] is Status.CURRENT


def test_what_is_set_by_hand_ranks_above_the_sidecar(place: Workplace) -> None:
    ingester = place.ingester()
    result = ingester.add(rules(2022, 3).encode(), uri="test:a", source="a.md", sidecar=b"region: A\nedition: B\n")
    assert result.document_id is not None
    place.assistant.set_fields(result.document_id, {"region": "C"})
    assert said(place, result.document_id, "region") == ("C", "set by hand")
    assert said(place, result.document_id, "edition") == ("B", "sidecar")


@pytest.mark.parametrize(
    ("sidecar", "line", "words"),
    [
        ("title: a\ncolour: red\n", 2, "colour"),
        ("\n\ndate: soon\n", 3, "date"),
        ("title: [a, b]\n", 1, "title"),
        ("tags: {a: b}\n", 1, "tags"),
        ("tags:\n  - a\nstatus: fine\n", 3, "status"),
        ("title: [\n", 2, "YAML"),
        ("- a\n- b\n", 1, "title: …"),
        ("just words\n", 1, "title: …"),
        ("title: !!python/name:os.system x\n", 1, "YAML"),
        ('title: "\\ud800"\n', 1, "title"),
        ("1: a\n", 1, "'1'"),
    ],
)
def test_a_sidecar_that_is_wrong_is_refused_with_its_field_and_line(sidecar: str, line: int, words: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_sidecar(sidecar.encode(), "a.meta.yaml")
    assert f"line {line} of the sidecar a.meta.yaml" in caught.value.en
    assert words in caught.value.en
    assert f"第 {line} 行" in caught.value.zh


@pytest.mark.parametrize("sidecar", [b"\xff\xfe\x00", b"a: " + b"b" * 70_000, b"[" * 50_000, b"\0"])
def test_hostile_sidecars_are_refused(sidecar: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_sidecar(sidecar)


def test_an_empty_sidecar_says_nothing() -> None:
    assert read_sidecar(b"") == read_sidecar(b"# nothing\n") == read_sidecar(b"title:\n") == {}


def test_the_same_bytes_elsewhere_are_added_and_reported(place: Workplace) -> None:
    ingester = place.ingester()
    data = rules(2022, 3).encode()
    first = ingester.add(data, uri="test:a", source="a.md")
    second = ingester.add(data, uri="test:b", source="b.md")
    assert (first.outcome, first.duplicate_of) == ("added", None)
    assert (second.outcome, second.duplicate_of) == ("added", first.document_id)
    assert {d.source for d in place.assistant.documents()} == {"a.md", "b.md"}


def long_text(changed: int) -> str:
    return "# 报告\n\n" + "\n\n".join(
        f"第{n * (7 if n < changed else 1)}项渡口的设施清单与检查记录编号{n * n}。" for n in range(120)
    )


def test_nearly_the_same_texts_are_paired_and_others_are_not(place: Workplace) -> None:
    near = [add(place, long_text(changed), f"{changed}.md") for changed in (0, 3)]
    add(place, long_text(60), "far.md")
    add(place, rules(2022, 3), "other.md")
    (pair,) = place.assistant.similar()
    assert {pair.first, pair.second} == set(near)
    assert SIMILAR <= pair.similarity < 1


def test_the_estimate_is_close_to_the_true_share(place: Workplace) -> None:
    def pieces(text: str) -> set[str]:
        bare = "".join(text.split())
        return {bare[i : i + 5] for i in range(len(bare) - 4)}

    base = place.assistant.document(add(place, long_text(0), "base.md"))
    for changed in (3, 20, 60):
        other = place.assistant.document(add(place, long_text(changed), "other.md"))
        a, b = pieces(base.text), pieces(other.text)
        assert abs(similarity(sketch(base), sketch(other)) - len(a & b) / len(a | b)) < 0.1
    assert similar_pairs({}) == ()


def test_over_http_fields_are_set_and_tables_are_records(place: Workplace) -> None:
    table = "\n\n表1 票价\n\n| 人群 | 票价 |\n|---|---|\n| 成人 | 3元 |\n| 儿童 | 1元 |\n"
    document = add(place, rules(2022, 3) + table)
    app = build_app(place.assistant, place.ingester(), api_key=None, most_bytes=2**20)
    with TestClient(app, raise_server_exceptions=False) as client:
        shown = client.patch(
            f"/documents/{document}", json={"status": "trial", "tags": ["a", "b"], "title": None}
        ).json()
        assert (shown["metadata"]["status"], shown["metadata"]["tags"], shown["status"]) == (
            "trial",
            ["a", "b"],
            "trial",
        )
        assert shown["metadata"]["read_from"]["status"] == "set by hand"
        assert shown["metadata"]["read_from"]["number"].startswith("text ")
        assert shown["tables"] == [{"title": "表1 票价", "columns": ["人群", "票价"], "rows": 2}]
        (records,) = client.get(f"/documents/{document}/tables").json()["tables"]
        assert [row["cells"] for row in records["rows"]] == [["成人", "3元"], ["儿童", "1元"]]
        refused = client.patch(f"/documents/{document}", json={"status": "nice"}, headers={"Accept-Language": "zh"})
        assert (refused.status_code, "字段 status" in refused.json()["detail"]) == (400, True)
        assert client.patch("/documents/nobody", json={"title": "x"}).status_code == 404
        assert client.patch(f"/documents/{document}", json=["title"]).status_code == 422
        assert client.get("/documents/similar").json() == {"pairs": []}
        found = client.post("/search", json={"question": "渡轮票价", "filters": {"status": "trial"}}).json()["hits"]
        assert {hit["document_id"] for hit in found} == {document}
        wrong = client.post("/search", json={"question": "渡轮票价", "filters": {"status": "nice"}})
        assert wrong.status_code == 422
        upload = {"file": ("a.md", rules(2022, 9).encode()), "sidecar": ("a.meta.yaml", "region: 某区\n".encode())}
        added = client.post("/documents", files=upload).json()
        detail = client.get(f"/documents/{added['document_id']}").json()
        assert (detail["metadata"]["region"], detail["metadata"]["read_from"]["region"]) == ("某区", "sidecar")
        versions = client.get("/documents", params={"versions": True}).json()["documents"]
        assert json.dumps(versions)


def test_an_answer_says_which_cited_documents_hold_no_longer_and_says_them_last(place: Workplace) -> None:
    old = add(place, rules(2015, 2), "old.md")
    draft = add(place, rules(2023, 4).replace("票价办法", "票价办法（征求意见稿）"), "draft.md")
    new = add(place, rules(2022, 3), "new.md")
    place.assistant.set_fields(new, {"supersedes": old})
    place.assistant.set_fields(new, {"expires": "2090-12-31"})
    answer = place.assistant.ask(Question("成人渡轮票价为多少元？"))
    known = {c.document_id: (c.status, c.until, c.superseded_by) for c in answer.citations}
    assert known[old] == (Status.WITHDRAWN, date(2022, 2, 28), new)
    assert known[new] == (Status.CURRENT, date(2090, 12, 31), None)
    assert known[draft][0] is Status.COMMENT
    assert answer.citations[0].document_id == new


IN_2024 = date(2024, 6, 1)


@pytest.mark.parametrize(
    ("life", "in_force", "en", "zh"),
    [
        (Life(None), True, "", ""),
        (Life(Status.CURRENT, date(2024, 6, 1)), True, "", ""),
        (Life(Status.CURRENT, date(2024, 5, 31)), False, "expired on 2024-05-31", "已于 2024-05-31 到期"),
        (Life(Status.WITHDRAWN), False, "withdrawn", "废止"),
        (Life(Status.WITHDRAWN, date(2030, 1, 1)), False, "withdrawn", "废止"),
        (Life(Status.COMMENT), False, "draft for comments", "征求意见稿"),
        (Life(Status.TRIAL), True, "", ""),
        (Life(Status.WITHDRAWN, None, "b"), False, "superseded by B", "已被 B 取代"),
        (
            Life(Status.WITHDRAWN, date(2024, 5, 31), "b"),
            False,
            "superseded by B since 2024-06-01",
            "自 2024-06-01 起已被 B 取代",
        ),
        (
            Life(Status.WITHDRAWN, date(2024, 6, 1), "b"),
            True,
            "will be superseded by B on 2024-06-02",
            "自 2024-06-02 起将被 B 取代",
        ),
    ],
)
def test_what_must_be_known_of_a_document_before_one_relies_on_it(life: Life, in_force: bool, en: str, zh: str) -> None:
    assert life.in_force(IN_2024) == in_force
    assert caution(life, "en", successor="B", on=IN_2024) == en
    assert caution(life, "zh", successor="B", on=IN_2024) == zh


def test_filters_are_taken_as_people_write_them() -> None:
    assert Filters(status="试行").status == (Status.TRIAL,)  # type: ignore[arg-type]
    assert Filters(region=" 湖滨市 ", issuer="", number=None).region == ("湖滨市",)  # type: ignore[arg-type]
    assert Filters(region=["", " "]) == Filters(tags=(), issuer="")  # type: ignore[arg-type]
    assert Filters(tags="a", documents="b").tags == ("a",)  # type: ignore[arg-type]
    assert Filters(as_of="2024年5月1日").as_of == Filters(as_of="2024-5-1").as_of == date(2024, 5, 1)  # type: ignore[arg-type]
    for wrong in (0, "0", "2024", "", 1714521600, [2024]):
        with pytest.raises(ValidationError, match="2025-01-31"):
            Filters(as_of=wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("fields", [{"title": "\ud800"}, {"tags": ["a", "\udfff"]}])
def test_half_a_character_is_no_value(place: Workplace, fields: dict[str, object]) -> None:
    document = add(place, rules(2022, 3))
    with pytest.raises(BadInput, match="must be text"):
        place.assistant.set_fields(document, fields)


def test_a_file_given_again_without_its_sidecar_keeps_what_that_said(place: Workplace) -> None:
    ingester, data = place.ingester(), rules(2022, 3).encode()
    ingester.add(data, uri="test:a", source="a.md", sidecar=b"status: withdrawn\n")
    assert ingester.add(data, uri="test:a", source="a.md").outcome == "unchanged"
    assert ingester.add(rules(2022, 4).encode(), uri="test:a", source="a.md").outcome == "replaced"
    assert [d.status for d in place.assistant.documents()] == ["withdrawn"]
    assert ingester.add(rules(2022, 4).encode(), uri="test:a", source="a.md", sidecar=b"").outcome == "updated"
    assert [d.status for d in place.assistant.documents()] == ["current"]

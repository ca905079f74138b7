"""What once went wrong, each as the behaviour that should hold."""

from __future__ import annotations

import os
import threading

import pytest

from conftest import add
from corpus.decode import decode
from corpus.document import Kind
from corpus.errors import Unavailable, UnreadableFile
from corpus.readers import read
from corpus.readers.text import read_string
from corpus.sentences import sentences
from cpu_time import proportional
from indexing.ingest import find_files, ingest
from indexing.retrieval import Retriever
from indexing.store import Scope
from indexing.tokeniser import identifiers

ONE = "# 甲指南\n\n一、目标\n\n到二〇二六年建成滨海试验场。\n"
OTHER = "# 甲指南\n\n一、目标\n\n到二〇二七年建成高原观测站。\n"


def boom(*_):
    raise KeyboardInterrupt


def texts(place, question):
    return [h.text for h in Retriever(place.index).search(question, 5, Scope(), ("own",)).hits]


def run(place, *paths):
    return {r.source: r.outcome for r in ingest(find_files(paths), place.ingester(), 10_000)}


def rd(s):
    return read(s.encode(), uri="t:a", source="a.md")


def blocks(t):
    reading = read_string(t)
    c, b = reading.text, reading.blocks
    return [(x.kind, c[x.start : x.end], x.context) for x in b]


def folder(tmp_path, **files):
    d = tmp_path / "in"
    d.mkdir()
    (d / "z.md").write_text(ONE)
    for n, t in files.items():
        (d / f"{n}.md").write_text(t)
    return d


def test_crash_while_going_back_to_an_earlier_version_keeps_its_text(workplace, monkeypatch):
    place = workplace()
    first = add(place, ONE)
    add(place, OTHER)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(type(place.store), "upsert", boom)
        add(place, ONE)
    assert workplace().catalogue.document(first).text


def test_crash_while_removing_is_mended(workplace, monkeypatch):
    place = workplace()
    first = add(place, ONE)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(type(place.store), "delete", boom)
        place.index.remove(first)
    workplace()


def test_replaced_version_is_no_hit_before_the_store_forgets_it(workplace, monkeypatch):
    place = workplace()
    add(place, ONE)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(type(place.store), "delete", boom)
        add(place, OTHER)
    assert not [t for t in texts(place, "滨海试验场") if "滨海" in t]


def test_version_being_written_is_no_hit(workplace, monkeypatch):
    place = workplace()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(type(place.store), "flush", boom)
        add(place, ONE)
    assert texts(place, "滨海试验场") == []


def test_failed_add_leaves_nothing_in_the_store(workplace, monkeypatch):
    place = workplace()
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(type(place.store), "flush", lambda *_: (_ for _ in ()).throw(RuntimeError()))
        add(place, ONE)
    add(place, OTHER)
    assert place.store.count(Scope()) == place.catalogue.passages()


def test_datetime_in_front_matter_does_not_poison_the_index(workplace):
    place = workplace()
    add(place, "---\ntitle: T\ndate: 2025-03-01 10:00:00\n---\n\n滨海试验场建成。\n")
    assert texts(workplace(), "滨海试验场")


@pytest.mark.parametrize("front", ["date: 2025-02-30", "a: " + "[" * 3000, 'title: "\\uD800"', "title: " + "1" * 5000])
def test_front_matter_fails_only_its_own_file(workplace, tmp_path, front):
    found = run(workplace(), folder(tmp_path, a=f"---\n{front}\n---\n\n正文。\n"))
    assert sorted(found.values()) in (["added", "added"], ["added", "failed"])


def test_name_that_is_no_utf8_fails_only_its_own_file(workplace, tmp_path):
    d = folder(tmp_path)
    with open(os.fsencode(d) + b"/a\xb1\xea.md", "w") as f:  # noqa: PTH123 - the name is bytes
        f.write(OTHER)
    assert "added" in run(workplace(), d).values()


def test_link_to_itself_fails_only_its_own_file(workplace, tmp_path):
    d = folder(tmp_path)
    (d / "a.md").symlink_to(d / "a.md")
    assert "added" in run(workplace(), d).values()


def test_named_pipe_does_not_hang_the_run(workplace, tmp_path):
    d = folder(tmp_path)
    os.mkfifo(d / "a.md")
    place = workplace()
    t = threading.Thread(target=run, args=(place, d), daemon=True)
    t.start()
    t.join(3)
    alive = t.is_alive()
    if alive:
        os.close(os.open(d / "a.md", os.O_WRONLY))
        t.join(5)
    assert not alive


def test_line_with_a_tab_is_searchable():
    assert all(k.searchable for k, *_ in blocks("说明如下。\n\n1.1\t适用范围\n\n本办法适用于全市。\n"))
    assert all(k.searchable for k, *_ in blocks("第一条\t本办法自发布之日起施行。\n\n第二条\t解释权归本局。\n"))


def test_second_table_has_its_own_columns():
    found = blocks("| 地区 | 数量 |\n|---|---|\n| 甲 | 3 |\n\n下表为水果。\n\n| 水果 | 价格 |\n|---|---|\n| 梨 | 5 |\n")
    assert (Kind.TABLE_HEADER, "水果 | 价格", "") in found
    assert "水果：梨" in found[-1][2]


def test_sentence_that_holds_a_chrome_word_is_searchable():
    assert Kind.CHROME not in [k for k, *_ in blocks("# 手册\n\n操作完成后请关闭窗口并退出登录。\n\n联系人：张三\n")]


def test_fence_on_one_line_keeps_its_words_and_the_rest_of_the_text():
    found = blocks("运行：\n\n```yiju serve```\n\n一、标题\n\n正文。\n")
    assert any("yiju serve" in t for _, t, _ in found)
    assert (Kind.HEADING, "一、标题", "") in found


def test_words_are_not_taken_for_marks():
    assert blocks("见 __init__.py 文件。\n")[0][1] == "见 __init__.py 文件。"
    assert blocks("参见文献[3](2024)的结论。\n")[0][1] == "参见文献[3](2024)的结论。"


def test_sentence_before_a_table_is_not_every_row_s_title():
    rows = [
        c
        for k, _, c in blocks("到二〇二六年，检测机构达到三十家。\n\n| 地区 | 家数 |\n|---|---|\n| 东区 | 12 |\n")
        if k is Kind.TABLE_ROW
    ]
    assert "三十家" not in rows[0]


@pytest.mark.parametrize("text", ["." * 20_000 + "x", "[" * 20_000, "<p " * 10_000, "**a " * 10_000])
def test_reading_takes_time_in_proportion_to_the_text(text):
    proportional(lambda size: read_string(text[: size - 1] + text[-1]), len(text) // 4)


def test_wrapped_paragraph_without_an_end_takes_time_in_proportion():
    proportional(lambda lines: read_string("为了加快推进标准体系的建设各单位应当结合实际情况制定年度\n" * lines), 1_000)


def test_quotation_mark_after_a_line_end_opens_the_next_sentence():
    t = '第一行\n"引用"开始'
    assert [t[a:b] for a, b in sentences(t)] == ["第一行", '"引用"开始']


@pytest.mark.parametrize("before", ["根据", "按照", "依据", "贯彻落实"])
def test_document_number_is_the_same_identifier_within_a_sentence(before):
    assert identifiers(before + "工信部联科〔2024〕113号文件") & {"工信部联科2024-113"}


@pytest.mark.parametrize("dash", "—–‐‑−")
def test_standard_s_year_may_follow_any_dash(dash):
    assert identifiers(f"GB/T 13016{dash}2018") == identifiers("GB/T 13016-2018")


@pytest.mark.parametrize(("encoding", "text"), [("euc-jp", "標準の概要と適用範囲について説明する文書です。")])
def test_japanese_bytes_are_refused(encoding, text):
    with pytest.raises(UnreadableFile):
        decode(text.encode(encoding))


def test_traditional_chinese_in_gb18030_is_read():
    assert decode("標準體系建設指南適用於全市各單位".encode("gb18030")) == "標準體系建設指南適用於全市各單位"


def test_gb18030_mark_is_no_text():
    assert decode("\ufeff标题文字在此".encode("gb18030")) == "标题文字在此"


def test_date_in_quotes_is_a_date():
    assert str(rd("---\ntitle: T\ndate: '2025-03-01'\n---\n\n正文。\n").metadata.date) == "2025-03-01"


def test_language_tag_with_a_region_is_its_language():
    assert rd("---\nlanguage: zh-CN\n---\n\n正文。\n").metadata.language == "zh"


def test_server_that_goes_away_is_unavailable(monkeypatch):
    from qdrant_client import QdrantClient

    from indexing.lexical import Sparse
    from indexing.store_server import ServerStore

    client = QdrantClient(url="http://127.0.0.1:9", check_compatibility=False)
    monkeypatch.setattr(client, "collection_exists", lambda _: True)
    with pytest.raises(Unavailable):
        ServerStore(client, "x", None).search(Sparse((1,), (1.0,)), None, Scope(), 3)


def test_statistics_hold_nothing_of_a_removed_document(workplace):
    place = workplace()

    def rows():
        with place.catalogue.transaction() as c:
            return sorted(map(tuple, c.exec_driver_sql("select * from terms")))

    add(place, OTHER, "o.md")
    before = rows()
    place.index.remove(add(place, ONE))
    assert rows() == before

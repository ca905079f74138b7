"""The catalogue on its own: versions, their states, and what an unusable file says."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.catalogue import Catalogue
from corpus.document import Document, Kind, Status
from corpus.errors import Corrupt, NotFound
from corpus.readers import read
from corpus.recent import Recent
from corpus.schema import CURRENT, LEAVING, REPLACED, WRITING

FULL = """---
title: 甲市“数据”办法 😀
language: zh
issuers: [甲局, 乙局]
date: 2024-02-29
tags: [数据]
---

# 甲市“数据”办法 😀

一、目标

| 名称 | 数量 |
|---|---|
| 甲 | 3 |

正文一句。
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(tmp_path / "catalogue.sqlite")
    yield opened
    opened.close()


def version(text: str = FULL, uri: str = "test:a", origin: str = "own") -> Document:
    return read(text.encode(), uri=uri, source="a.md", origin=origin)


def activate(catalogue: Catalogue, document: Document, passages: int = 1) -> None:
    catalogue.write(document)
    with catalogue.transaction() as connection:
        catalogue.activate(connection, document.id, document.uri, passages)


def test_a_document_comes_back_exactly_as_it_was_written(catalogue: Catalogue, tmp_path: Path) -> None:
    document = replace(version(), supersedes="0" * 16)
    activate(catalogue, document)
    again = Catalogue(tmp_path / "catalogue.sqlite")
    assert again.document(document.id) == document
    assert again.document(document.id).metadata.date == date(2024, 2, 29)
    again.close()


def test_a_version_being_written_is_in_no_list(catalogue: Catalogue) -> None:
    document = version()
    catalogue.write(document)
    assert catalogue.current(document.uri) is None
    assert catalogue.summaries() == ()
    assert (catalogue.current_among([document.id]), catalogue.has_own(), catalogue.passages()) == (
        frozenset(),
        False,
        0,
    )
    assert catalogue.in_state(WRITING) == (document.id,)


def test_the_newer_version_becomes_current_and_the_older_leaves_with_its_text_kept(catalogue: Catalogue) -> None:
    older, newer = version(), version(FULL + "\n另一句。\n")
    activate(catalogue, older, 3)
    activate(catalogue, newer, 4)
    assert catalogue.current("test:a") == newer.id
    assert (catalogue.in_state(CURRENT), catalogue.in_state(LEAVING)) == ((newer.id,), (older.id,))
    assert catalogue.passages() == 4
    catalogue.left(older.id)
    assert catalogue.in_state(REPLACED) == (older.id,)
    assert catalogue.document(older.id).text == older.text


def test_another_source_s_version_is_left_alone(catalogue: Catalogue) -> None:
    one, other = version(), version(uri="test:b")
    activate(catalogue, one)
    activate(catalogue, other)
    assert {s.uri for s in catalogue.summaries()} == {"test:a", "test:b"}


def test_nothing_of_a_transaction_that_fails_is_written(catalogue: Catalogue) -> None:
    document = version()
    catalogue.write(document)
    with pytest.raises(RuntimeError, match="power cut"), catalogue.transaction() as connection:
        catalogue.activate(connection, document.id, document.uri, 1)
        catalogue.set_about(connection, "key", "value")
        raise RuntimeError("power cut")
    assert catalogue.current(document.uri) is None
    assert catalogue.about("key") is None


def test_summaries_are_what_a_list_shows(catalogue: Catalogue) -> None:
    activate(catalogue, version("# 乙\n\n内容。\n", "test:b"), 2)
    activate(catalogue, version("# A sample\n\nSome words.\n", "test:c", origin="sample"), 5)
    own, sample = catalogue.summaries()
    assert (own.title, own.origin, own.passages, own.language, own.source) == ("乙", "own", 2, "zh", "a.md")
    assert own.characters == len(catalogue.document(own.id).text)
    assert (sample.origin, sample.passages) == ("sample", 5)
    assert catalogue.has_own()


def test_samples_alone_are_nobody_s_own(catalogue: Catalogue) -> None:
    activate(catalogue, version(origin="sample"))
    assert not catalogue.has_own()


def test_a_deleted_document_is_gone_even_if_it_was_just_read(catalogue: Catalogue) -> None:
    document = version()
    activate(catalogue, document)
    assert catalogue.document(document.id).id == document.id
    with catalogue.transaction() as connection:
        catalogue.delete(connection, document.id)
    with pytest.raises(NotFound, match=document.id) as caught:
        catalogue.document(document.id)
    assert document.id in caught.value.zh


def test_many_documents_are_read_in_one_query_and_once(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [version(f"# 文件{i}\n\n内容{i}。\n", f"test:{i}") for i in range(3)]
    for document in documents:
        activate(catalogue, document)
    asked: list[list[str]] = []
    rows = catalogue._rows

    def noted(ids: list[str]) -> dict[str, dict[str, Any]]:
        asked.append(list(ids))
        return rows(ids)

    monkeypatch.setattr(catalogue, "_rows", noted)
    first, second, third = (document.id for document in documents)
    assert catalogue.document(second) == documents[1]
    found = catalogue.documents((third, second, first, third))
    assert list(found.items()) == [(third, documents[2]), (second, documents[1]), (first, documents[0])]
    assert catalogue.documents([]) == {}
    assert asked == [[second], [third, first]], "what was read before is not read again"
    with pytest.raises(NotFound, match="nobody"):
        catalogue.documents((first, "nobody"))
    catalogue.forget_cached()
    assert catalogue.documents(found) == found
    assert asked[-1] == [third, second, first]


def test_any_number_of_documents_is_read_at_once(catalogue: Catalogue) -> None:
    document = version()
    activate(catalogue, document)
    many = [f"{i:016x}" for i in range(70_000)]
    assert catalogue.current_among([*many, document.id]) == {document.id}
    with pytest.raises(NotFound, match=many[0]):
        catalogue.documents([document.id, *many])


def test_documents_are_kept_within_a_number_of_characters_the_oldest_go_first() -> None:
    recent, one = Recent(10), version()
    recent.keep({"a": (one, 4), "b": (one, 4), "large": (one, 11)}, recent.age)
    assert set(recent.among(("b", "a", "large"))) == {"a", "b"}
    recent.keep({"c": (one, 6)}, recent.age)
    assert set(recent.among("abc")) == {"a", "c"}, "b was asked for longer ago than a"
    recent.keep({"c": (one, 6), "d": (one, 1)}, recent.age)
    assert set(recent.among("acd")) == {"c", "d"}


def test_what_was_read_before_all_was_forgotten_is_not_kept() -> None:
    recent, one = Recent(10), version()
    age = recent.age
    recent.forget()
    recent.keep({"a": (one, 1)}, age)
    assert recent.among("a") == {}


def test_what_it_says_of_itself_is_kept_and_replaced(catalogue: Catalogue) -> None:
    for value in ("one", "two"):
        with catalogue.transaction() as connection:
            catalogue.set_about(connection, "key", value)
        assert catalogue.about("key") == value
    assert catalogue.about("nothing") is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_a_file_that_is_no_catalogue_is_refused_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(b"not a database at all, " * 200)
    with pytest.raises(Corrupt, match="not a catalogue") as caught:
        Catalogue(path)
    assert str(path) in caught.value.zh
    assert path.read_bytes().startswith(b"not a database"), "nothing is overwritten"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_a_catalogue_of_another_schema_is_refused_with_both_numbers(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    Catalogue(path).close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE about SET value = '99' WHERE key = 'schema'")
    connection.commit()
    connection.close()
    with pytest.raises(Corrupt, match=r"schema 99, here 4"):
        Catalogue(path)


def test_two_readers_and_a_writer_do_not_wait_for_each_other(catalogue: Catalogue, tmp_path: Path) -> None:
    document = version()
    activate(catalogue, document)
    other = Catalogue(tmp_path / "catalogue.sqlite")
    with catalogue.transaction() as connection:
        catalogue.set_about(connection, "key", "half done")
        assert other.current(document.uri) == document.id
        assert other.about("key") is None
    assert other.about("key") == "half done"
    other.close()


def schema_1(path: Path) -> None:
    """A catalogue as the first version of the program wrote it, with one document."""
    connection = sqlite3.connect(path)
    connection.executescript("""
        CREATE TABLE documents (id VARCHAR NOT NULL PRIMARY KEY, uri VARCHAR NOT NULL, source VARCHAR NOT NULL,
            sha256 VARCHAR NOT NULL, origin VARCHAR NOT NULL, state VARCHAR NOT NULL, title VARCHAR NOT NULL,
            language VARCHAR NOT NULL, passages INTEGER NOT NULL, added VARCHAR NOT NULL, supersedes VARCHAR,
            metadata TEXT NOT NULL, text TEXT NOT NULL, blocks TEXT NOT NULL);
        CREATE INDEX ix_documents_state ON documents (state);
        CREATE INDEX ix_documents_uri ON documents (uri);
        CREATE TABLE about ("key" VARCHAR NOT NULL PRIMARY KEY, value TEXT);
        INSERT INTO about VALUES ('schema', '1');
    """)
    metadata = {
        "title": "甲办法",
        "language": "zh",
        "issuers": ["甲局"],
        "number": "甲发〔2020〕1号",
        "date": "2020-01-02",
        "edition": None,
        "status": "现行",
        "url": None,
        "tags": ["旧"],
    }
    row = ("a" * 16, "test:a", "a.md", "0" * 64, "own", "current", "甲办法", "zh", 1, "2024-01-01T00:00:00+00:00", None)
    stored = (json.dumps(metadata, ensure_ascii=False), "甲办法内容。", '[["paragraph", 0, 6, [], 0, null, ""]]')
    connection.execute(f"INSERT INTO documents VALUES ({', '.join('?' * 14)})", row + stored)
    connection.commit()
    connection.close()


def test_a_catalogue_of_the_first_version_is_brought_up_to_date_with_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    schema_1(path)
    for _ in range(2):
        opened = Catalogue(path)
        document = opened.document("a" * 16)
        assert (document.text, document.tables, document.blocks[0].kind) == ("甲办法内容。", (), Kind.PARAGRAPH)
        found = document.metadata
        assert (found.issuers, found.tags, found.date) == (("甲局",), ("旧",), date(2020, 1, 2))
        assert (found.number, found.status, found.read_from) == ("甲发〔2020〕1号", Status.CURRENT, ())
        assert opened.stale() == (("a" * 16, False),), "its passages do not show the new fields yet"
        assert opened.as_read(document.id) == found
        assert opened.similar() == ()
        (summary,) = opened.summaries()
        assert (summary.number, summary.status) == ("甲发〔2020〕1号", Status.CURRENT)
        opened.close()
    opened = Catalogue(path)
    activate(opened, version("# 乙办法\n\n本办法自2024年5月1日起施行，《甲办法》同时废止。\n", "test:b"))
    with opened.transaction() as connection:
        opened.relate(connection)
    assert opened.standing("a" * 16).ended == date(2024, 4, 30)
    opened.close()


def test_a_new_catalogue_has_the_same_tables_as_one_brought_up_to_date(tmp_path: Path) -> None:
    def columns(path: Path) -> dict[str, set[tuple[str, bool]]]:
        Catalogue(path).close()
        connection = sqlite3.connect(path)
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {n: {(row[1], bool(row[5])) for row in connection.execute(f"PRAGMA table_info({n})")} for n in names}
        indexes = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'ix_%'")
        found["indexes"] = {(name, True) for (name,) in indexes}
        connection.close()
        return found

    schema_1(tmp_path / "old.sqlite")
    assert columns(tmp_path / "old.sqlite") == columns(tmp_path / "new.sqlite")

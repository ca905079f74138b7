"""The index stays in step with the catalogue, whatever happens in between."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.answers import Filters
from assistant.api.app import build_app
from assistant.core import Question
from assistant.wiring import Workplace
from conftest import add
from corpus.document import Document
from corpus.errors import BadSetting, Corrupt, NotFound
from corpus.readers import read
from indexing.index import Identity
from indexing.retrieval import Retriever
from indexing.store import Scope
from indexing.store_edge import EdgeStore
from indexing.tokeniser import term_id

Open = Callable[..., Workplace]
ONE = "# 甲指南\n\n一、目标\n\n到二〇二六年建成滨海试验场。\n"
OTHER = "# 甲指南\n\n一、目标\n\n到二〇二七年建成高原观测站。\n"


def texts(place: Workplace, question: str) -> list[str]:
    return [hit.text for hit in Retriever(place.index).search(question, 5, Scope(), ("own",)).hits]


def counts(place: Workplace) -> tuple[dict[int, int], int]:
    found, passages = place.index.statistics.counts([term_id(t) for t in ("滨海", "高原", "目标")], ["own"])
    return {term: n for term, n in found.items() if n}, passages


def test_a_document_is_added_once_and_replaced_when_it_changes(workplace: Open) -> None:
    place = workplace()
    first = add(place, ONE)
    assert place.ingester().add(ONE.encode(), uri="test:note.md", source="note.md").outcome == "unchanged"
    second = place.ingester().add(OTHER.encode(), uri="test:note.md", source="note.md")
    assert second.outcome == "replaced"
    assert [s.id for s in place.catalogue.summaries()] == [second.document_id]
    assert all("滨海" not in text for text in texts(place, "滨海试验场"))
    assert place.catalogue.document(first).text.endswith("滨海试验场。"), "the old version stays citable"
    assert place.catalogue.document(str(second.document_id)).supersedes == first


def test_going_back_to_an_earlier_version_makes_it_current_again(workplace: Open) -> None:
    place = workplace()
    first = add(place, ONE)
    add(place, OTHER)
    assert add(place, ONE) == first
    assert any("滨海" in text for text in texts(place, "滨海试验场"))
    assert place.store.count(Scope()) == place.catalogue.passages()


def test_removing_leaves_nothing_behind(workplace: Open) -> None:
    place = workplace()
    add(place, OTHER, "other.md")
    before = counts(place)
    document = add(place, ONE)
    assert counts(place) != before
    place.index.remove(document)
    assert counts(place) == before
    assert place.store.count(Scope(documents=(document,))) == 0
    with pytest.raises(NotFound):
        place.catalogue.document(document)
    with pytest.raises(NotFound):
        place.index.remove(document)


def test_counts_follow_a_replacement(workplace: Open) -> None:
    place = workplace()
    add(place, ONE)
    add(place, OTHER)
    after = counts(place)
    place.close()
    assert after == ({term_id("高原"): 1, term_id("目标"): 1}, 1)


def test_other_settings_than_the_index_was_built_with_are_refused(workplace: Open) -> None:
    add(workplace(), ONE)
    with pytest.raises(BadSetting, match=r"300.*200.*--rebuild"):
        workplace(passage_tokens=200)


@pytest.mark.parametrize("field", ["embedder", "dimension", "tokeniser", "cut", "budget", "tokens"])
def test_every_field_of_the_identity_is_compared_and_both_sides_are_named(workplace: Open, field: str) -> None:
    place = workplace()
    add(place, ONE)
    built = json.loads(Identity.of(place.embedder, 300).json())
    assert json.loads(str(place.catalogue.about("identity"))) == built
    with place.catalogue.transaction() as connection:
        place.catalogue.set_about(connection, "identity", json.dumps({**built, field: "another"}))
    said = re.escape(f"{field}: 'another' → {built[field]!r}")
    with pytest.raises(BadSetting, match=f"{said}.*yiju ingest --rebuild") as refused:
        workplace()
    assert "yiju ingest --rebuild" in refused.value.zh
    assert any("滨海" in text for text in texts(workplace(again=True), "滨海试验场"))


def test_a_model_s_revision_is_part_of_the_identity() -> None:
    class Model:
        dimension = 4

        def __init__(self, name: str) -> None:
            self.name = name

    one, other = (Identity.of(Model(f"model@{revision}"), 300) for revision in "ab")  # type: ignore[arg-type]
    assert (one != other, one.dimension) == (True, 4)


def test_a_store_whose_vectors_the_catalogue_does_not_know_is_reported(
    workplace: Open, close_all: Callable[[], None], tmp_path: Path
) -> None:
    add(workplace(), ONE)
    close_all()
    shutil.rmtree(tmp_path / "data" / "index-1")
    EdgeStore(tmp_path / "data" / "index-1", 16).close()
    with pytest.raises(Corrupt, match=r"dimension 16.*--rebuild"):
        workplace()
    assert any("滨海" in text for text in texts(workplace(again=True), "滨海试验场"))


def test_an_empty_index_and_one_of_a_single_passage_answer(workplace: Open) -> None:
    place = workplace()
    assert texts(place, "滨海试验场") == []
    assert place.assistant.ask(Question("滨海试验场何时建成？")).reason == "no_documents"
    add(place, ONE)
    assert len(texts(place, "滨海试验场")) == place.catalogue.passages() == 1
    assert len(place.assistant.ask(Question("滨海试验场何时建成？")).hits) == 1


@pytest.mark.parametrize("path", ["/search", "/ask"])
def test_a_filter_on_an_unknown_field_names_it_and_those_there_are(workplace: Open, path: str) -> None:
    place = workplace()
    add(place, ONE)
    client = TestClient(build_app(place.assistant, place.ingester(), api_key=None, most_bytes=2**20))
    body = {"question": "滨海", "filters": {"colour": "red", "language": "zh"}}
    for language, said in (("en", "no filter colour; there are documents, language,"), ("zh", "没有筛选条件 colour；")):
        response = client.post(path, json=body, headers={"Accept-Language": language})
        assert response.status_code == 422
        assert said in response.json()["detail"]
        assert all(name in response.json()["detail"] for name in Filters.model_fields)


def test_rebuilding_takes_the_new_settings_and_keeps_every_document(workplace: Open) -> None:
    place = workplace()
    document = add(place, ONE + "滨海试验场每年开放一次。" * 40)
    before = place.catalogue.passages()
    rebuilt = workplace(again=True, passage_tokens=64)
    assert rebuilt.catalogue.passages() > before
    assert rebuilt.store.count(Scope()) == rebuilt.catalogue.passages()
    assert [s.id for s in rebuilt.catalogue.summaries()] == [document]
    assert any("滨海" in text for text in texts(rebuilt, "滨海试验场"))


def test_an_interrupted_rebuild_leaves_the_old_index_in_use(workplace: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    add(workplace(), ONE)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("indexing.rebuild.entries", _interrupt)
        workplace(again=True, passage_tokens=64)
    place = workplace()
    assert any("滨海" in text for text in texts(place, "滨海试验场"))


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("step", ["upsert", "flush"])
def test_a_version_half_written_is_undone_at_the_next_opening(
    workplace: Open, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    place = workplace()
    add(place, ONE)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(type(place.store), step, _interrupt)
        add(place, OTHER)
    place = workplace()
    assert any("滨海" in text for text in texts(place, "滨海试验场")), "the version before stays current"
    assert place.catalogue.in_state("writing") == ()
    assert add(place, OTHER)
    assert any("高原" in text for text in texts(place, "高原观测站"))


def test_a_version_replaced_but_not_yet_forgotten_is_forgotten_at_the_next_opening(
    workplace: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = workplace()
    add(place, ONE)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(type(place.store), "delete", _interrupt)
        add(place, OTHER)
    place = workplace()
    assert place.store.count(Scope()) == place.catalogue.passages() == 1
    assert all("滨海" not in text for text in texts(place, "滨海试验场"))


def documents(**texts: str) -> list[Document]:
    return [read(text.encode(), uri=f"test:{name}", source=f"{name}.md") for name, text in texts.items()]


def test_documents_that_are_added_together_each_have_their_outcome_and_are_counted(workplace: Open) -> None:
    place = workplace()
    place.index.add_many(documents(kept=OTHER, changed=ONE))
    added = place.index.add_many(documents(new=ONE, kept=OTHER, changed=OTHER))
    assert [outcome for outcome, _ in added] == ["added", "unchanged", "replaced"]
    assert {s.id for s in place.catalogue.summaries()} == {document_id for _, document_id in added}
    assert place.store.count(Scope()) == place.catalogue.passages() == 3
    assert counts(place) == ({term_id("滨海"): 1, term_id("高原"): 2, term_id("目标"): 3}, 3)
    with pytest.raises(ValueError, match="one source"):
        place.index.add_many(documents(a=ONE) + documents(a=OTHER))


@pytest.mark.parametrize("step", ["upsert", "flush"])
def test_of_documents_added_together_none_is_there_when_it_fails(
    workplace: Open, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    place = workplace()
    place.index.add_many(documents(a=ONE))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(type(place.store), step, _interrupt)
        place.index.add_many(documents(a=OTHER, b=OTHER))
    place = workplace()
    assert [s.source for s in place.catalogue.summaries()] == ["a.md"]
    assert any("滨海" in text for text in texts(place, "滨海试验场"))
    assert place.store.count(Scope()) == place.catalogue.passages() == 1


def test_passages_missing_from_the_store_are_noticed(
    workplace: Open, close_all: Callable[[], None], tmp_path: Path
) -> None:
    add(workplace(), ONE)
    close_all()
    shutil.rmtree(tmp_path / "data" / "index-1")
    with pytest.raises(Corrupt, match=r"0 passages.*--rebuild"):
        workplace()
    rebuilt = workplace(again=True)
    assert any("滨海" in text for text in texts(rebuilt, "滨海试验场"))


def test_a_catalogue_that_is_none_is_reported(workplace: Open, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "catalogue.sqlite").write_bytes(b"not a database " * 100)
    with pytest.raises(Corrupt, match="move the data folder away"):
        workplace()


WRITER = """
import sys
from pathlib import Path
from assistant.settings import Settings
from assistant.wiring import Workplace
place = Workplace(Settings(data=Path(sys.argv[1]), samples="never"))
for n in range(int(sys.argv[2]), 10_000):
    text = f"# 文件{n}\\n\\n一、内容\\n\\n编号为 GB/T {20000 + n}-2024 的规定。" + "\\n\\n补充说明。" * 30
    place.ingester().add(text.encode(), uri=f"test:{n}", source=f"{n}.md")
    print(n, flush=True)
"""


def test_whatever_was_reported_survives_kill_9(tmp_path: Path, workplace: Open) -> None:
    reported = -1
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "data"), str(reported + 1)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        assert writer.stdout is not None
        deadline = time.monotonic() + 60
        for line in writer.stdout:
            reported = int(line)
            if reported % 7 == 6 or time.monotonic() > deadline:
                writer.send_signal(signal.SIGKILL)
                break
        for line in writer.stdout:
            reported = int(line)
        writer.stdout.close()
        writer.wait()
        place = workplace()
        sources = {s.source for s in place.catalogue.summaries()}
        assert sources >= {f"{n}.md" for n in range(reported + 1)}
        assert place.store.count(Scope()) == place.catalogue.passages()
        for n in range(reported + 1):
            assert any(f"GB/T {20000 + n}-2024" in text for text in texts(place, f"GB/T {20000 + n}-2024"))
        place.close()
    assert reported > 10


def test_a_kill_at_any_moment_loses_nothing_that_was_reported(tmp_path: Path, workplace: Open) -> None:
    """Unlike above the kill falls where it will: while opening, between two documents, or within one."""
    begun, reported = "print(-1, flush=True)\nplace = Workplace(", -1
    for seconds in (0.2, 1.0, 1.6):
        writer = subprocess.Popen(
            [
                sys.executable,
                "-c",
                WRITER.replace("place = Workplace(", begun),
                str(tmp_path / "data"),
                str(reported + 1),
            ],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(seconds)
        writer.send_signal(signal.SIGKILL)
        reported = max([reported, *(int(line) for line in writer.stdout.read().split())])
        writer.stdout.close()
        writer.wait()
        place = workplace()
        assert {s.source for s in place.catalogue.summaries()} >= {f"{n}.md" for n in range(reported + 1)}
        assert place.store.count(Scope()) == place.catalogue.passages()
        assert place.catalogue.in_state("writing") == place.catalogue.in_state("leaving") == ()
        for n in range(reported + 1):
            assert any(f"GB/T {20000 + n}-2024" in text for text in texts(place, f"GB/T {20000 + n}-2024"))
        place.close()

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.api.document_routes import describe
from assistant.wiring import Workplace
from corpus.document import Note
from corpus.readers import read
from indexing.ingest import Ingester, find_files, ingest, read_bytes
from indexing.store import Scope

GOOD = "# 通知\n\n一、要求\n\n请按时报送材料。\n"


def run(place: Workplace, *paths: Path, most: int = 10_000) -> dict[str, str]:
    """What became of each file, by its name: the outcome, or for a failure its reason in English."""
    results = list(ingest(find_files(paths), Ingester(place.index, most, pool=place.readers), most))
    for result in results:
        assert (result.reason is None) == (result.outcome != "failed")
        if result.reason is not None:
            assert any("一" <= c <= "鿿" for c in result.reason.zh)
    return {Path(r.source).name: r.reason.en if r.reason else r.outcome for r in results}


def test_bad_files_are_listed_with_their_reasons_and_the_others_are_indexed(
    workplace: Callable[..., Workplace], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "good.md").write_text(GOOD, encoding="utf-8")
    (folder / "sub" / "gb.txt").write_bytes(GOOD.replace("通知", "公告").encode("gb18030"))
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(b"\x7fELF\0\0\0\1")
    (folder / "latin.txt").write_bytes("Déjà vu à l'été, où ça?".encode("latin-1"))
    (folder / "picture.nothing").write_bytes(b"\x89PNG")
    (folder / "long.txt").write_bytes(b"a" * 20_000)
    (folder / "front.md").write_text("---\ntitle: [\n---\n\n正文。\n", encoding="utf-8")
    (folder / ".hidden.md").write_text(GOOD, encoding="utf-8")
    (folder / "new\nline 😀.md").write_text(GOOD.replace("通知", "带换行的名称"), encoding="utf-8")
    (folder / "gone.md").symlink_to(folder / "nowhere.md")
    place = workplace()
    found = run(place, folder)
    assert {name for name, said in found.items() if said == "added"} == {"good.md", "gb.txt", "new\nline 😀.md"}
    assert "the file is empty" in found["empty.txt"]
    assert "binary" in found["binary.txt"]
    assert "UTF-8" in found["latin.txt"]
    assert "picture.nothing" not in found
    assert "YIJU_MAX_FILE_MB" in found["long.txt"]
    assert "YAML" in found["front.md"]
    assert "no such file" in found["gone.md"]
    assert ".hidden.md" not in found
    assert {s.source for s in place.catalogue.summaries()} == {"good.md", "gb.txt", "new\nline 😀.md"}


def test_running_again_changes_nothing(workplace: Callable[..., Workplace], tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(GOOD, encoding="utf-8")
    place = workplace()
    assert run(place, tmp_path / "a.md") == {"a.md": "added"}
    assert run(place, tmp_path / "a.md") == {"a.md": "unchanged"}
    (tmp_path / "a.md").write_text(GOOD + "另行通知。\n", encoding="utf-8")
    assert run(place, tmp_path / "a.md") == {"a.md": "replaced"}


def test_links_out_of_a_folder_are_not_followed(workplace: Callable[..., Workplace], tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(GOOD, encoding="utf-8")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    assert run(workplace(), folder) == {}


def test_what_can_t_be_read_has_a_reason(
    workplace: Callable[..., Workplace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text(GOOD, encoding="utf-8")

    def refuse(*_: object) -> bytes:
        raise PermissionError(13, os.strerror(13))

    place = workplace()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        assert "you may not read this" in run(place, tmp_path / "a.md")["a.md"]
    assert "no such file" in run(workplace(), tmp_path / "missing.md")["missing.md"]


def test_a_file_that_vanishes_before_it_is_read_does_not_stop_the_others(
    workplace: Callable[..., Workplace], tmp_path: Path
) -> None:
    for name in ("a.md", "b.md", "c.md"):
        (tmp_path / name).write_text(GOOD.replace("通知", name), encoding="utf-8")
    files = find_files([tmp_path / name for name in ("a.md", "b.md", "c.md")])
    (tmp_path / "b.md").unlink()
    results = {Path(r.source).name: r for r in ingest(files, workplace().ingester(), 10_000)}
    assert {name: r.outcome for name, r in results.items()} == {"a.md": "added", "b.md": "failed", "c.md": "added"}
    assert results["b.md"].reason is not None
    assert "没有这个文件" in results["b.md"].reason.zh


def test_a_file_is_taken_once_however_often_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(GOOD, encoding="utf-8")
    assert find_files([tmp_path / "a.md", tmp_path, tmp_path / "a.md"]).files == (tmp_path / "a.md",)


def test_a_file_of_another_kind_or_without_a_searchable_word_says_so(
    workplace: Callable[..., Workplace], tmp_path: Path
) -> None:
    (tmp_path / "a.nothing").write_bytes(b"%PDF-1.7")
    (tmp_path / "README").write_text(GOOD, encoding="utf-8")
    (tmp_path / "front.md").write_text("---\ntitle: 只有标题\n---\n", encoding="utf-8")
    found = run(workplace(), *(tmp_path / name for name in ("a.nothing", "README", "front.md")))
    assert ".nothing" in found["a.nothing"]
    assert "without extension" in found["README"]
    assert "no text to search" in found["front.md"]


def test_hidden_folders_are_left_out_and_links_within_a_folder_are_followed(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "a.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / "c.md").symlink_to(tmp_path / "b.md")
    assert [file.name for file in find_files([tmp_path])] == ["b.md", "c.md"]


@pytest.mark.parametrize("readers", [0, 1, 2])
def test_texts_of_any_length_are_read_in_this_process_or_in_others_alike(
    workplace: Callable[..., Workplace], tmp_path: Path, readers: int
) -> None:
    long = "# 长文\n\n" + "各单位应当按时报送材料。" * 3_000
    (tmp_path / "long.md").write_text(long, encoding="utf-8")
    (tmp_path / "short.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.md").write_bytes(long.encode() + b"\0")
    place = workplace(readers=readers)
    assert (place.readers is None) == (readers == 0)
    found = run(place, *(tmp_path / f"{name}.md" for name in ("long", "short", "bad")), most=200_000)
    assert (found["long.md"], found["short.md"]) == ("added", "added")
    assert "binary" in found["bad.md"]
    texts = {s.source: place.catalogue.document(s.id).text for s in place.catalogue.summaries()}
    assert texts["long.md"] == "长文\n\n" + "各单位应当按时报送材料。" * 3_000


def test_a_slow_file_does_not_hold_back_what_is_ready(
    workplace: Callable[..., Workplace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = workplace(readers=1)
    for name in ("a.md", "b.md", "slow.md"):
        (tmp_path / name).write_text(GOOD.replace("通知", name), encoding="utf-8")
    go_on = threading.Event()

    def read_slowly(path: Path, most_bytes: int) -> bytes:
        assert path.name != "slow.md" or go_on.wait(20)
        return read_bytes(path, most_bytes)

    monkeypatch.setattr("indexing.ingest.read_bytes", read_slowly)
    results = ingest(find_files([tmp_path / name for name in ("a.md", "b.md", "slow.md")]), place.ingester(), 10_000)
    assert [next(results).source, next(results).source] == ["a.md", "b.md"]
    assert len(place.catalogue.summaries()) == 2
    go_on.set()
    assert [r.outcome for r in results] == ["added"]


WRITER = """
import sys
from pathlib import Path
from assistant.settings import Settings
from assistant.api.document_routes import describe
from assistant.wiring import Workplace
from corpus.document import Note
from corpus.readers import read
from indexing.ingest import find_files, ingest
place = Workplace(Settings(data=Path(sys.argv[1]), samples="never"))
for result in ingest(find_files([Path(sys.argv[2])]), place.ingester(), 10_000):
    print(result.source, flush=True)
"""


def test_what_was_reported_from_a_batch_survives_kill_9(
    workplace: Callable[..., Workplace], tmp_path: Path, close_all: Callable[[], None]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(400):
        (folder / f"{n:03}.md").write_text(GOOD.replace("通知", f"通知{n}"), encoding="utf-8")
    for most in (1, 70, 200):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "data"), str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        assert writer.stdout is not None
        reported = [writer.stdout.readline().strip() for _ in range(most)]
        writer.kill()
        reported += writer.stdout.read().split()
        writer.stdout.close()
        writer.wait()
        place = workplace()
        assert {s.source for s in place.catalogue.summaries()} >= set(reported)
        assert place.store.count(Scope()) == place.catalogue.passages() > 0
        assert place.catalogue.in_state("writing") == ()
        close_all()
    assert set(run(workplace(), folder).values()) <= {"added", "unchanged"}


def test_a_file_has_one_name_from_wherever_it_is_named(
    workplace: Callable[..., Workplace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.md").write_text(GOOD, encoding="utf-8")
    place = workplace()
    assert run(place, tmp_path / "in") == {"a.md": "added"}
    monkeypatch.chdir(tmp_path / "in")
    for path in (Path(), Path("../in"), Path("../in/a.md"), Path("../in/.."), tmp_path / "in" / ".." / "in"):
        assert run(place, path) == {"a.md": "unchanged"}, path


def test_a_path_that_is_not_there_is_said_to_be_missing_whatever_its_name(
    workplace: Callable[..., Workplace], tmp_path: Path
) -> None:
    assert "no such file" in run(workplace(), tmp_path / "documents")["documents"]


def test_what_was_left_unread_is_told_when_a_file_is_added_and_remembered(
    workplace: Callable[..., Workplace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Note("page 2 is a picture", "第 2 页是图片")
    monkeypatch.setattr("indexing.ingest.read", lambda *a, **k: replace(read(*a, **k), notes=(said,)))
    (tmp_path / "a.md").write_text(GOOD, encoding="utf-8")
    place = workplace(readers=0)
    (result,) = ingest(find_files([tmp_path / "a.md"]), place.ingester(), 10_000)
    assert result.notes == (said,)
    assert result.document_id is not None
    shown = describe(place.assistant, result.document_id).model_dump(mode="json")
    assert shown["notes"] == [{"en": said.en, "zh": said.zh}]

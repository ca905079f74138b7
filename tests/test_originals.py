"""The files that are kept for page images: once each, as long as a document has them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from assistant.wiring import Workplace
from corpus.errors import Unavailable
from corpus.originals import Originals

Open = Callable[..., Workplace]


def pdf(words: str) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, invariant=True)
    canvas.drawString(72, 700, words)
    canvas.save()
    return file.getvalue()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def add(place: Workplace, data: bytes, name: str) -> str:
    result = place.ingester().add(data, uri=f"test:{name}", source=name)
    assert result.document_id is not None
    return result.document_id


def kept(tmp_path: Path) -> set[str]:
    folder = tmp_path / "data" / "originals"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_only_files_with_pages_are_kept_each_under_its_hash(workplace: Open, tmp_path: Path) -> None:
    data = pdf("The ferry sails daily.")
    place = workplace()
    add(place, data, "ferry.pdf")
    add(place, b"The ferry sails daily.", "ferry.txt")
    assert kept(tmp_path) == {digest(data)}
    path = place.originals.path(digest(data))
    assert path is not None
    assert path.read_bytes() == data


def test_a_file_goes_with_the_last_version_that_has_its_bytes(workplace: Open, tmp_path: Path) -> None:
    old, new = pdf("The ferry sails daily."), pdf("The ferry sails weekly.")
    place = workplace()
    first = add(place, old, "a.pdf")
    twin = add(place, old, "b.pdf")
    add(place, new, "a.pdf")
    place.index.remove(twin)
    assert kept(tmp_path) == {digest(old), digest(new)}  # the replaced version can still be looked at
    place.index.remove(first)
    assert kept(tmp_path) == {digest(new)}


def test_what_a_crash_left_goes_when_the_index_is_opened_and_what_is_used_stays(
    workplace: Open, tmp_path: Path
) -> None:
    data, stray = pdf("The ferry sails daily."), pdf("Nobody has this.")
    add(workplace(), data, "a.pdf")
    folder = tmp_path / "data" / "originals"
    (folder / digest(stray)).write_bytes(stray)
    (folder / f"{digest(stray)}.new").write_bytes(stray[:10])
    (folder / "notes.txt").write_text("not ours")
    workplace()
    assert kept(tmp_path) == {digest(data), "notes.txt"}


def test_ingesting_again_keeps_what_was_not_kept_before(workplace: Open, tmp_path: Path) -> None:
    data = pdf("The ferry sails daily.")
    add(workplace(originals="none"), data, "a.pdf")
    assert kept(tmp_path) == set()
    result = workplace().ingester().add(data, uri="test:a.pdf", source="a.pdf")
    assert result.outcome == "unchanged"
    assert kept(tmp_path) == {digest(data)}
    # Those that are there stay as long as their documents, whatever the setting is now.
    place = workplace(originals="none")
    assert place.originals.path(digest(data)) is not None
    place.index.remove(result.document_id or "")
    assert kept(tmp_path) == set()


def test_a_file_that_could_not_be_added_is_not_kept_for_good(
    workplace: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = workplace()
    with monkeypatch.context() as patch:
        patch.setattr(place.store, "upsert", lambda _: (_ for _ in ()).throw(Unavailable("full", "满")))
        with pytest.raises(Unavailable):
            add(place, pdf("The ferry sails daily."), "a.pdf")
    workplace()
    assert kept(tmp_path) == set()


def test_what_is_about_to_be_used_is_not_forgotten_and_a_damaged_copy_is_written_again(tmp_path: Path) -> None:
    data = pdf("The ferry sails daily.")
    files = Originals(tmp_path / "originals")
    files.keep("a.pdf", data, digest(data))
    files.forget([digest(data)])
    path = files.path(digest(data))
    assert path is not None
    path.write_bytes(data[:100])
    files.keep("a.pdf", data, digest(data))
    assert path.read_bytes() == data
    for _ in range(2):
        files.settle(digest(data))
    files.forget([digest(data)])
    assert files.path(digest(data)) is None


def test_a_folder_without_room_is_said_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "originals").write_text("a file in its place")
    with pytest.raises(Unavailable, match="YIJU_ORIGINALS") as said:
        Originals(tmp_path / "originals").keep("a.pdf", b"%PDF-", digest(b"%PDF-"))
    assert "YIJU_ORIGINALS" in said.value.zh


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    files = Originals(tmp_path / "originals")
    (tmp_path / "originals").mkdir()
    assert files.path("../secret") is None
    files.forget(["../secret"])
    assert (tmp_path / "secret").exists()

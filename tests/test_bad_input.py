"""Whatever a file does, it fails alone and with a reason, and all others are indexed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.wiring import Workplace
from corpus.errors import Unavailable, UnreadableFile
from cpu_time import cpu_within
from hostile import PADDING, hostile
from indexing.ingest import Ingester, find_files, ingest
from indexing.workers import Limits, ReaderPool

GOOD = "# 通知\n\n一、要求\n\n请按时报送材料。\n"
MOST = 2**20
Open = Callable[..., Workplace]
Make = Callable[[Path], object]


@pytest.fixture
def pool() -> Iterator[Callable[..., ReaderPool]]:
    """Makes pools whose readers do what a file says."""
    pools: list[ReaderPool] = []

    def make(seconds: float = 60, size: int = 2) -> ReaderPool:
        pools.append(ReaderPool(size, Limits(seconds, 512), hostile))
        return pools[-1]

    yield make
    for made in pools:
        made.close()


def told(word: str) -> Make:
    return lambda path: path.write_text(f"{word} {PADDING}", encoding="utf-8")


def closed_folder(path: Path) -> None:
    path.mkdir()
    path.chmod(0)


def outside(path: Path) -> None:
    (path.parents[1] / "secret.md").write_text(GOOD, encoding="utf-8")
    path.symlink_to(path.parents[1] / "secret.md")


def folder_with_a_file(path: Path) -> None:
    path.mkdir()
    (path / "inner.md").write_text(GOOD.replace("通知", "内页"), encoding="utf-8")


not_root = pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is closed to root")
# Name, how it is made, and its reason; ADDED or SKIPPED where it is no failure after all.
ADDED, SKIPPED = "added", "skipped"
BAD: list[object] = [
    ("empty.txt", lambda path: path.write_bytes(b""), "the file is empty; check that it was saved"),
    ("rubbish.txt", lambda path: path.write_bytes(bytes(range(256)) * 8), "this is a binary file"),
    ("picture.md", lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "this is a binary file"),
    ("latin.txt", lambda path: path.write_bytes("Déjà vu à l'été".encode("latin-1")), "neither UTF-8 nor GB18030"),
    ("large.txt", lambda path: path.write_bytes(b"a" * (MOST + 1)), "at most 1 MiB are read; raise YIJU_MAX_FILE_MB"),
    ("loop.txt", told("loop"), "took longer than 3 seconds; raise YIJU_READ_SECONDS"),
    ("sleep.txt", told("sleep"), "took longer than 3 seconds; raise YIJU_READ_SECONDS"),
    ("backtrack.txt", told("backtrack"), "took longer than 3 seconds; raise YIJU_READ_SECONDS"),
    ("hog.txt", told("hog"), "took more than 512 MiB of memory; raise YIJU_READ_MB"),
    ("killed.txt", told("killed"), "its reader crashed (SIGKILL)"),
    ("exit.txt", told("exit"), "its reader crashed (exit status 3)"),
    ("fault.txt", told("fault"), "its reader failed (IndexError, hostile.py:"),
    ("deep.txt", told("deep"), "its reader failed (RecursionError, hostile.py:"),
    ("modules.txt", told("modules"), "heavy modules: none"),
    ("print.txt", told("print"), ADDED),
    ("a\nb 😀 [red].md", lambda path: path.write_text(GOOD.replace("通知", "换行"), encoding="utf-8"), ADDED),
    ("folder.txt", folder_with_a_file, ADDED),
    ("picture.png", lambda path: path.write_bytes(b"\x89PNG"), SKIPPED),
    ("NO EXTENSION", lambda path: path.write_text(GOOD, encoding="utf-8"), SKIPPED),
    ("link.md", outside, SKIPPED),
    ("lost.md", lambda path: path.symlink_to("nowhere.md"), "there is no such file; check the path"),
    ("itself.md", lambda path: path.symlink_to(path), "it can't be read: Too many levels of symbolic links"),
    ("pipe.md", os.mkfifo, "this is no ordinary file"),
    pytest.param("closed", closed_folder, "you may not read this; change its permissions", marks=not_root),
    pytest.param("c.md", lambda path: path.touch(mode=0), "you may not read this; change", marks=not_root),
]


@pytest.mark.parametrize(("name", "make", "said"), BAD, ids=lambda value: value if isinstance(value, str) else "")
def test_a_bad_file_fails_alone(
    workplace: Open, tmp_path: Path, pool: Callable[..., ReaderPool], name: str, make: Make, said: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    goods = ["0 small.md", "0 large.md", "z large.md", "z small.md"]
    for good in goods:
        text = GOOD.replace("通知", good) + (PADDING if "large" in good else "")
        (folder / good).write_text(text, encoding="utf-8")
    make(folder / name)
    place = workplace()
    slow = "3 seconds" in said
    found = find_files([folder])
    results = list(ingest(found, Ingester(place.index, MOST, pool=pool(3 if slow else 60)), MOST))
    outcomes = {Path(r.source).name: r.outcome for r in results}
    assert [good for good in goods if outcomes.get(good) == "added"] == goods
    assert found.skipped == (said == SKIPPED)
    bad = [r for r in results if Path(r.source).name not in goods]
    if said in (ADDED, SKIPPED):
        assert [r.outcome for r in bad] == ["added"] * (said == ADDED)
    else:
        assert [r.outcome for r in bad] == ["failed"]
        assert bad[0].reason is not None
        assert said in bad[0].reason.en
        assert re.search("[一-鿿]", bad[0].reason.zh)
        assert len((bad[0].reason.en + bad[0].reason.zh).splitlines()) == 1
    if (folder / name).is_dir():
        (folder / name).chmod(0o755)


def test_files_that_are_named_are_not_skipped(workplace: Open, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    (tmp_path / "README").write_text(GOOD, encoding="utf-8")
    names = ["a.png", "README", "missing.md", "README/below.md"]
    results = list(ingest(find_files(tmp_path / name for name in names), workplace().ingester(), MOST))
    said = [r.reason.en for r in results if r.reason]
    for part, reason in zip((".png", "without extension", "no such file", "no such file"), said, strict=True):
        assert part in reason


def test_a_file_that_vanishes_during_the_run_is_reported(workplace: Open, tmp_path: Path) -> None:
    for n in range(200):
        (tmp_path / f"{n:03}.md").write_text(GOOD.replace("通知", f"通知{n}"), encoding="utf-8")
    run = ingest(find_files([tmp_path]), workplace().ingester(), MOST)
    first = next(run)
    (tmp_path / "199.md").unlink()
    outcomes = {Path(r.source).name: r.outcome for r in (first, *run)}
    assert outcomes.pop("199.md") == "failed"
    assert set(outcomes.values()) == {"added"}
    assert list(outcomes) == sorted(outcomes), "results come in the order of the files"


def test_thousands_of_small_files_take_seconds_and_are_not_read_again(
    workplace: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(2_000):
        (folder / f"{n:04}.md").write_text(f"# 文件{n}\n\n编号为 GB/T {n}-2024 的规定。\n", encoding="utf-8")
    place = workplace()
    with cpu_within(60):
        assert [r.outcome for r in ingest(find_files([folder]), place.ingester(), MOST)] == ["added"] * 2_000
    monkeypatch.setattr("indexing.ingest.read", None)
    assert [r.outcome for r in ingest(find_files([folder]), place.ingester(), MOST)] == ["unchanged"] * 2_000
    assert len(place.catalogue.summaries()) == 2_000


def test_a_reader_process_that_died_meanwhile_is_replaced(pool: Callable[..., ReaderPool]) -> None:
    readers = pool(size=1)
    text = f"{GOOD}{PADDING}".encode()
    assert "请按时报送材料" in readers.read(text, uri="test:a", source="a.md").text
    first = readers._idle[0]._process
    first.kill()
    first.wait()
    assert "请按时报送材料" in readers.read(text, uri="test:b", source="b.md").text
    assert readers._idle[0]._process.pid != first.pid


def test_the_same_process_reads_one_file_after_another(pool: Callable[..., ReaderPool]) -> None:
    readers = pool(size=1)
    pids = set()
    for n in range(5):
        with pytest.raises(UnreadableFile, match="binary"):
            readers.read(b"a\0", uri=f"test:{n}", source="a.md")
        pids.add(readers._idle[0]._process.pid)
    assert len(pids) == 1


def test_closing_the_pool_ends_the_file_being_read_and_takes_no_other(pool: Callable[..., ReaderPool]) -> None:
    readers = pool(size=1)
    said: list[str] = []

    def read() -> None:
        try:
            readers.read(b"loop", uri="test:a", source="a.md")
        except UnreadableFile as error:
            said.append(error.en)

    thread = threading.Thread(target=read)
    thread.start()
    while not readers._busy:
        time.sleep(0.01)
    readers.close()
    thread.join(20)
    assert not thread.is_alive()
    assert "crashed" in said[0]
    with pytest.raises(Unavailable, match="stopping"):
        readers.read(b"a", uri="test:a", source="a.md")


ORPHAN = """
import threading, time
from hostile import hostile
from indexing.workers import Limits, ReaderPool
pool = ReaderPool(1, Limits(SECONDS, 512), hostile)
threading.Thread(target=pool.read, args=(b"WORD",), kwargs={"uri": "a", "source": "a.md"}, daemon=True).start()
while not pool._busy:
    time.sleep(0.01)
time.sleep(1)
print(next(iter(pool._busy))._process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(("word", "seconds"), [("loop", 60), ("backtrack", 3)])
def test_a_reader_process_dies_with_its_parent(word: str, seconds: int) -> None:
    """Even where nothing in it can notice that: then the system's alarm ends it."""
    path = os.pathsep.join(str(Path(__file__).parents[n]) for n in (0, 1))
    script = ORPHAN.replace("WORD", word).replace("SECONDS", str(seconds))
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    os.kill(child, 0)
    os.kill(child, signal.SIGINT)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def test_the_command_counts_what_it_skips_and_fails_only_with_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.md").write_text(GOOD, encoding="utf-8")
    (folder / "b.png").write_bytes(b"\x89PNG")

    def yiju(*arguments: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "YIJU_DATA": str(tmp_path / "data"), "LANG": "C.UTF-8", "LC_ALL": "", "YIJU_READERS": "1"}
        command = [sys.executable, "-m", "assistant", "ingest", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, check=False)

    run = yiju(str(folder))
    assert (run.returncode, run.stderr) == (0, "")
    assert "added 1, replaced 0, unchanged 0, failed 0, skipped 1" in run.stdout
    (folder / "c\nd.txt").write_bytes(b"\0")
    with open(os.fsencode(folder) + b"/e\xb1.txt", "wb") as file:  # noqa: PTH123 - the name is bytes
        file.write(PADDING.encode() + b"\0")
    run = yiju(str(folder))
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert len(run.stderr.splitlines()) == 2
    assert "c\\nd.txt: this is a binary file" in run.stderr
    rows = json.loads(yiju(str(folder), "--json").stdout)
    assert rows["skipped"] == 1
    assert sorted(row["outcome"] for row in rows["results"]) == ["failed", "failed", "unchanged"]


def test_the_memory_of_the_interpreter_is_no_part_of_a_file_s() -> None:
    readers = ReaderPool(1, Limits(60, 64))
    text = f"{GOOD}{PADDING}".encode()
    try:
        assert "请按时报送材料" in readers.read(text, uri="test:a", source="a.md").text
        with pytest.raises(UnreadableFile, match="YIJU_READ_MB"):
            readers.read(b"word " * 10_000_000, uri="test:b", source="b.md")
    finally:
        readers.close()

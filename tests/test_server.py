"""The real server in a process of its own, asked over HTTP, and the commands that go through it."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from assistant.folder import DataFolder, read_holder
from assistant.remote import Remote
from corpus.errors import BadSetting, Held, NotFound

TEXT = "# 渡轮办法\n\n一、票务\n\n船票自购买之日起30天内有效。\n"
Start = Callable[..., tuple[subprocess.Popen[str], str]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(data: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "YIJU_DATA": str(data), "LANG": "C.UTF-8", "LC_ALL": "", **more}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    servers: list[subprocess.Popen[str]] = []

    def start(**more: str) -> tuple[subprocess.Popen[str], str]:
        port = free_port()
        command = [sys.executable, "-m", "assistant", "serve", "--port", str(port)]
        server = subprocess.Popen(
            command, env=environment(tmp_path / "data", **more), stderr=subprocess.PIPE, text=True, cwd=tmp_path
        )
        servers.append(server)
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                if httpx.get(f"{address}/health/ready", timeout=2).status_code == 200:
                    return server, address
            except httpx.TransportError:
                time.sleep(0.1)
            assert server.poll() is None, server.stderr.read() if server.stderr else ""
        raise AssertionError("the server did not become ready")

    yield start
    for server in servers:
        server.kill()
        server.wait()
        if server.stderr:
            server.stderr.close()


def yiju(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assistant", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment(data), timeout=60, check=False)


def test_a_first_start_serves_the_samples_and_the_commands_go_through_it(start: Start, tmp_path: Path) -> None:
    server, address = start()
    answer = httpx.post(f"{address}/ask", json={"question": "How do I add my own documents?"}).json()
    assert "yiju ingest" in answer["text"]
    assert "gradio" in httpx.get(address).text.lower()
    data = tmp_path / "data"
    (tmp_path / "ferry.md").write_text(TEXT, encoding="utf-8")
    (tmp_path / "bad.txt").write_bytes(b"\0")
    run = yiju(data, "ingest", str(tmp_path / "ferry.md"), str(tmp_path / "bad.txt"))
    assert (run.returncode, "added 1" in run.stdout, "bad.txt" in run.stderr) == (1, True, True)
    assert "unchanged 1" in yiju(data, "ingest", str(tmp_path / "ferry.md")).stdout
    through = json.loads(yiju(data, "ask", "船票多少天内有效？", "--json").stdout)
    direct = httpx.post(f"{address}/ask", json={"question": "船票多少天内有效？"}).json()
    for changing in ("id", "conversation_id", "timings_ms", "label"):
        through.pop(changing)
        direct.pop(changing)
    assert through == direct
    assert through["citations"][0]["quote"] == "船票自购买之日起30天内有效。"
    assert "ferry.md" in yiju(data, "search", "船票").stdout
    document = json.loads(yiju(data, "documents", "list", "--json").stdout)["documents"][0]["id"]
    assert "一、票务" in yiju(data, "documents", "show", document).stdout
    assert str(server.pid) in yiju(data, "doctor").stdout
    assert yiju(data, "documents", "remove", document).returncode == 0
    assert "built again and in use" in yiju(data, "ingest", "--rebuild").stderr


def test_a_server_stops_when_told_and_frees_its_folder(start: Start, tmp_path: Path) -> None:
    server, _ = start()
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=10) in (0, -signal.SIGTERM)
    DataFolder(tmp_path / "data").release()


def test_an_accepted_upload_survives_kill_9(start: Start) -> None:
    server, address = start()
    added = httpx.post(f"{address}/documents", files={"file": ("ferry.md", TEXT.encode())})
    assert added.status_code == 201
    server.kill()
    server.wait()
    _, address = start()
    answer = httpx.post(f"{address}/ask", json={"question": "船票多少天内有效？"}).json()
    assert "30天" in answer["text"]


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = yiju(tmp_path / "data", "serve", "--port", str(taken.getsockname()[1]))
    assert run.returncode == 1
    assert run.stderr.strip().splitlines()[-1].startswith("yiju: can't listen on 127.0.0.1:")
    assert "YIJU_PORT" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_folder_has_one_holder_who_is_named(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.announce("http://127.0.0.1:1")
    with pytest.raises(Held, match=str(os.getpid())):
        DataFolder(tmp_path / "data")
    holder = read_holder(tmp_path / "data")
    assert holder is not None
    assert (holder.pid, holder.address) == (os.getpid(), "http://127.0.0.1:1")
    folder.release()
    (tmp_path / "data" / "holder.json").write_text("garbage")
    assert read_holder(tmp_path / "data") is None
    DataFolder(tmp_path / "data").release()


def test_a_folder_whose_holder_was_killed_is_free(tmp_path: Path) -> None:
    script = "import sys, time; from pathlib import Path; from assistant.folder import DataFolder\n"
    script += "folder = DataFolder(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", script, str(tmp_path / "data")]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(Held, match=str(holder.pid)):
        DataFolder(tmp_path / "data")
    holder.kill()
    holder.wait()
    holder.stdout.close()
    DataFolder(tmp_path / "data").release()


def test_a_folder_on_a_full_disk_is_an_error_for_a_person_and_is_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        with pytest.raises(BadSetting, match="No space left"):
            DataFolder(tmp_path / "data")
    DataFolder(tmp_path / "data").release()


@pytest.mark.parametrize("document", ["similar", "a/b", "..", "", "../health/live"])
def test_what_can_t_be_an_id_leads_to_no_other_address(document: str) -> None:
    remote = Remote("http://127.0.0.1:1", None, "en")
    with pytest.raises(NotFound):
        remote.show(document)
    with pytest.raises(NotFound):
        remote.remove(document)
    remote.close()

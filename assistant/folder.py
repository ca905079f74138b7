"""The data folder: one process holds it, and the others learn from it whom to ask.

The lock is the operating system's (released when its process dies, even by `kill -9`), and it is taken
before any engine touches the folder. Beside it `holder.json` says who holds it and, once a server is
up, at which address it answers.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import BadSetting, Held


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a folder; `address` is None unless it is a server."""

    pid: int
    address: str | None = None


class DataFolder:
    """A folder that this process holds until `release`. Raises `Held` with its holder's name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path / "lock")
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
            self.announce(None)
        except Timeout as error:
            holder = read_holder(path)
            who = f" (process {holder.pid})" if holder else ""
            who_zh = f"（进程 {holder.pid}）" if holder else ""
            raise Held(
                f"the data folder {path} is in use by another Yiju{who}; wait until it has finished, stop it, "
                "or give another folder with --data",
                f"数据目录 {path} 正被另一个 Yiju{who_zh} 使用；请等待其结束、停止它，或用 --data 指定其他目录",
            ) from error
        except OSError as error:
            self._lock.release()
            raise BadSetting(
                f"the data folder {path} can't be used: {error.strerror}; give another with --data or YIJU_DATA",
                f"无法使用数据目录 {path}：{error.strerror}；请用 --data 或 YIJU_DATA 指定其他目录",
            ) from error

    def announce(self, address: str | None) -> None:
        """Says who holds the folder, and at which address it answers."""
        text = json.dumps(asdict(Holder(os.getpid(), address)))
        new = self.path / "holder.json.new"
        new.write_text(text, encoding="utf-8")
        new.replace(self.path / "holder.json")

    def release(self) -> None:
        (self.path / "holder.json").unlink(missing_ok=True)
        self._lock.release()


def read_holder(path: Path) -> Holder | None:
    """Who said last that it holds the folder; it may be gone since."""
    try:
        said = json.loads((path / "holder.json").read_text(encoding="utf-8"))
        return Holder(int(said["pid"]), said.get("address"))
    except (OSError, ValueError, KeyError, TypeError):
        return None

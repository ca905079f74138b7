"""The job that builds the index again while it is served: one at a time, in a thread of its own."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from pydantic import SecretStr

from assistant.settings import PREFIX, Settings, read_settings
from corpus.errors import BadInput, BadSetting, Held, NotFound, Unavailable, YijuError
from indexing.rebuild import Stopped

if TYPE_CHECKING:
    from assistant.wiring import Workplace

State = Literal["running", "done", "failed", "stopped"]
# Who may ask for another model may not have the documents, and the key, sent to another address.
_FIXED = ("embedder_url",)


@dataclass(slots=True)
class Job:
    """How far a rebuild is: `done` of `total` documents, the last of them `source`. `error` where it failed."""

    id: str
    state: State = "running"
    done: int = 0
    total: int | None = None
    source: str = ""
    error: YijuError | None = None


def asked_settings(settings: Settings) -> dict[str, object]:
    """What was set, of what an index is built with; what was not is left to the server. No secrets."""
    return {
        name: getattr(settings, name)
        for name in _built_with()
        if name in settings.model_fields_set and getattr(settings, name) is not None
    }


class Rebuilder:
    """Starts rebuilds of a workplace's index and says how they are. May be called from any thread."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._jobs: dict[str, Job] = {}

    def start(self, asked: Mapping[str, object]) -> Job:
        """Starts to build the index with these settings in place of the present ones. Raises `BadInput` for one
        that an index is not built with, and `Held` while another rebuild runs."""
        settings = _settings(self._workplace.settings, asked)
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                raise Held(
                    "the index is being built again already; wait until that has finished",
                    "索引正在重建中；请等待其完成",
                )
            job = Job(uuid.uuid4().hex)
            self._jobs[job.id] = job
            self._thread = threading.Thread(target=self._run, args=(job, settings), name="rebuild", daemon=True)
            self._thread.start()
        return job

    def job(self, job_id: str) -> Job:
        """Raises `NotFound`."""
        if job_id not in self._jobs:
            raise NotFound(f"there is no job {job_id!r}; jobs end with the server", f"没有编号为 {job_id!r} 的任务")
        return self._jobs[job_id]

    def close(self) -> None:
        """Stops what runs and waits for it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, job: Job, settings: Settings) -> None:
        def advance(source: str, total: int) -> None:
            job.source, job.total, job.done = source, total, job.done + 1

        state: State = "failed"
        try:
            self._workplace.replace_index(settings, advance, self._stop)
            state = "done"
        except Stopped:
            state = "stopped"
        except YijuError as error:
            job.error = error
        finally:
            if state == "failed" and job.error is None:  # a fault of our own, which goes to the log
                job.error = Unavailable(
                    "building the index failed; the old one is still in use, and the server's log says more",
                    "重建索引失败；原索引仍在使用，详情见服务日志",
                )
            job.state = state


def _built_with() -> tuple[str, ...]:
    """The settings that say how an index is built, without secrets."""
    fields = {name: field.annotation for name, field in Settings.model_fields.items()}
    names = [name for name in fields if name == "embedder" or name.startswith("embedder_")]
    secret = [name for name in names if SecretStr in (fields[name], *get_args(fields[name]))]
    return (*(name for name in names if name not in secret), "passage_tokens")


def _settings(present: Settings, asked: Mapping[str, object]) -> Settings:
    for name, value in asked.items():
        if name not in _built_with():
            known = ", ".join(_built_with())
            raise BadInput(
                f"{name!r} is no setting that an index is built with; those are {known}",
                f"{name!r} 不是建立索引所用的设置；可用的有 {known}",
            )
        if name in _FIXED and value != getattr(present, name):
            setting = PREFIX + name.upper()
            raise BadSetting(
                f"{setting} can't be changed while the server runs; stop it, set {setting} for it, and start it again",
                f"服务运行时不能更改 {setting}；请停止服务，为其设置 {setting} 后重新启动",
            )
    return read_settings({**{name: getattr(present, name) for name in type(present).model_fields}, **asked})

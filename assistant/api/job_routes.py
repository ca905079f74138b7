"""The routes of what takes long: building the index again."""

from __future__ import annotations

from typing import Literal

from fastapi import FastAPI, Request
from pydantic import Field

from assistant.answers import Frozen
from assistant.api import problems
from assistant.api.sent import Sent
from assistant.rebuilding import Job, Rebuilder


class RebuildRequest(Sent):
    """What the index is to be built with: settings by their names, those that are to be others than now."""

    settings: dict[str, str | int | float | bool] = Field(
        {}, max_length=20, examples=[{"embedder": "BAAI/bge-m3", "passage_tokens": 300}]
    )


class JobState(Frozen):
    """How far a job is: `done` of `total` documents, the last of them `source`."""

    id: str
    state: Literal["running", "done", "failed", "stopped"]
    done: int
    total: int | None
    source: str
    error: str | None = Field(None, description="why it failed and what to do, in the caller's language")


def install(app: FastAPI, rebuilder: Rebuilder) -> None:
    @app.post("/rebuild", status_code=202, tags=["jobs"])
    def rebuild(asked: RebuildRequest, request: Request) -> JobState:
        """Builds the index again, with another embedder for instance. The old index answers until the new one is
        complete; documents may be added and removed meanwhile. 409 while another rebuild runs."""
        return _state(rebuilder.start(asked.settings), request)

    @app.get("/jobs/{job_id}", tags=["jobs"])
    def show_job(job_id: str, request: Request) -> JobState:
        """How far a job is."""
        return _state(rebuilder.job(job_id), request)


def _state(job: Job, request: Request) -> JobState:
    error = job.error.text(problems.language_of(request)) if job.error else None
    return JobState(id=job.id, state=job.state, done=job.done, total=job.total, source=job.source, error=error)

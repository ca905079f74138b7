"""Reading in processes of their own, so that a file which takes too long, too much memory or its reader
down costs nothing but itself.

Plain values go in, such as a file's bytes, and what a function makes of them comes out, such as a document, or
a reason. Of formats and of the index this knows nothing. A reader
process is a plain interpreter that imports the corpus alone: `multiprocessing` would import the program's
main module into each, and with it the command line. Jobs and replies are pickles on its standard input
and output. It ends when its input does, and so with its parent, however that ends.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from corpus import readers
from corpus.document import Document
from corpus.errors import Unavailable, UnreadableFile

# What turns bytes into a document: `corpus.readers.read`, or in tests something worse.
Read = Callable[..., Document]
_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")

_START = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from indexing import workers; workers.serve()"
)
# An orphan that holds the interpreter can't see its input end; the system's alarm ends it this much later.
_GRACE = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: seconds, and MiB of memory where the platform can limit it."""

    seconds: float = 120
    megabytes: int = 2048


@dataclass(frozen=True, slots=True)
class _Job:
    """A function of a module, which the process imports, and what it is given."""

    work: Callable[..., object]
    arguments: tuple[object, ...]
    named: dict[str, object]


@dataclass(frozen=True, slots=True)
class _Done:
    result: object


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A reason why there is no result. It travels as its parts: these errors can't be pickled."""

    error: type[UnreadableFile]
    en: str
    zh: str
    last: bool = False  # the process ends with it


class ReaderPool:
    """At most `size` reader processes, started when first needed and kept. May be called from any thread."""

    def __init__(self, size: int, limits: Limits, read: Read = readers.read) -> None:
        self.size = size
        self._limits = limits
        self._read = read
        self._places = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._closed = False

    def read(self, data: bytes, *, uri: str, source: str, origin: str = "own") -> Document:
        """The document in a file's bytes; waits for a free process. Raises `UnreadableFile`."""
        return self.run(self._read, data, uri=uri, source=source, origin=origin)

    def run(self, work: Callable[_Given, _Made], *arguments: _Given.args, **named: _Given.kwargs) -> _Made:
        """What a function of some module makes of plain values; waits for a free process. Raises `UnreadableFile`."""
        with self._places:
            worker = self._take()
            try:
                result: _Made = worker.run(_Job(work, arguments, named))  # type: ignore[assignment]
                return result
            finally:
                self._give_back(worker)

    def close(self) -> None:
        """Ends all processes; whoever waits for one gets an error."""
        with self._lock:
            self._closed = True
            for worker in self._busy:
                worker.kill()
            while self._idle:
                self._idle.pop().end()

    def _take(self) -> _Worker:
        with self._lock:
            if self._closed:
                raise Unavailable(
                    "the program is stopping; give it the file again when it runs",
                    "程序正在停止；请在其运行时重新提交该文件",
                )
            worker = self._next_idle() or _Worker(self._limits)
            self._busy.add(worker)
            return worker

    def _next_idle(self) -> _Worker | None:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            worker.end()
        return None

    def _give_back(self, worker: _Worker) -> None:
        with self._lock:
            self._busy.discard(worker)
            if worker.alive and not self._closed:
                self._idle.append(worker)
                return
        worker.end()


class _Worker:
    """The parent's side of one reader process. One thread at a time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._idle = True
        self._late = False
        self._greeting: tuple[object, ...] = (sys.path, limits)
        # A session of its own, because Ctrl-C goes to every process of the terminal's.
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise Unavailable(
                f"no process can be started to read files in ({error.strerror}); close other programs and try again",
                f"无法启动读取文件的进程（{error.strerror}）；请关闭其他程序后重试",
            ) from error

    @property
    def alive(self) -> bool:
        """Whether it can take another job."""
        return self._idle and not self._late and self._process.poll() is None

    def run(self, job: _Job) -> object:
        reply = self._ask(job)
        if isinstance(reply, _Done):
            return reply.result
        if reply is None:
            self.kill()
            self._process.wait()
            reply = _too_slow(self._limits) if self._late else _crashed(self._process.returncode, self._limits)
        raise reply.error(reply.en, reply.zh)

    def _ask(self, job: _Job) -> _Done | _Refusal | None:
        """The reply, None where the process ended without one."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._idle = False
        timer = threading.Timer(self._limits.seconds, self._overrun)
        timer.daemon = True
        timer.start()
        try:
            for message in (*self._greeting, job):
                pickle.dump(message, self._process.stdin)
            self._greeting = ()
            self._process.stdin.flush()
            reply: _Done | _Refusal = pickle.load(self._process.stdout)
        except (BrokenPipeError, EOFError, pickle.UnpicklingError):
            return None
        finally:
            timer.cancel()
            timer.join()
        self._idle = not (isinstance(reply, _Refusal) and reply.last)
        return reply

    def _overrun(self) -> None:
        self._late = True
        self.kill()

    def kill(self) -> None:
        """Stops it at once; whoever waits for its reply gets an error."""
        self._process.kill()

    def end(self) -> None:
        """Stops it and frees what it held. To be called by whoever has it, and by nobody else."""
        self.kill()
        with suppress(BrokenPipeError):
            self._process.communicate()


def serve() -> None:
    """The life of a reader process: reads one file after another until its input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limits = pickle.load(sys.stdin.buffer)
    replies = os.fdopen(os.dup(1), "wb")
    # What a library prints is no reply and belongs on nobody's terminal.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    _limit_memory(limits.megabytes)
    jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(jobs,), daemon=True).start()
    while True:
        job = jobs.get()
        _alarm(limits.seconds + _GRACE)
        reply, last = _attempt(limits, job)
        _alarm(0)
        replies.write(reply)
        replies.flush()
        if last:
            os._exit(1)


def _receive(jobs: queue.SimpleQueue[_Job]) -> None:
    """In a thread, so that the end of the input ends the process in the middle of a file, too."""
    try:
        while True:
            jobs.put(pickle.load(sys.stdin.buffer))
    finally:
        os._exit(0)


def _attempt(limits: Limits, job: _Job) -> tuple[bytes, bool]:
    """The reply, and whether the process must end, because nobody knows what state it is in."""
    try:
        return pickle.dumps(_Done(job.work(*job.arguments, **job.named))), False
    except UnreadableFile as error:
        refusal = _Refusal(type(error), error.en, error.zh)
    except MemoryError:
        refusal = _too_much(limits)
    except Exception as error:  # noqa: BLE001 - a fault of ours is not hidden: it is told to the parent
        refusal = _fault(error)
    # Only here, outside of the handler, is the memory free again that the error's frames held.
    return pickle.dumps(refusal), refusal.last


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    limit = _reserved() + megabytes * 2**20
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (OSError, ValueError):  # macOS has the name and refuses the limit
        return


def _reserved() -> int:
    """The address space that the interpreter itself has taken, which is no part of what a file costs."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _alarm(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _too_slow(limits: Limits) -> _Refusal:
    return _Refusal(
        UnreadableFile,
        f"reading it took longer than {limits.seconds:g} seconds; raise YIJU_READ_SECONDS or split it",
        f"读取时间超过 {limits.seconds:g} 秒；请调大 YIJU_READ_SECONDS 或拆分文件",
    )


def _too_much(limits: Limits) -> _Refusal:
    return _Refusal(
        UnreadableFile,
        f"reading it took more than {limits.megabytes} MiB of memory; raise YIJU_READ_MB or split it",
        f"读取所需内存超过 {limits.megabytes} MiB；请调大 YIJU_READ_MB 或拆分文件",
        last=True,
    )


def _crashed(code: int, limits: Limits) -> _Refusal:
    """Libraries that get no memory end the process, too: nobody can tell that from a damaged file."""
    how = f"exit status {code}"
    if code < 0:
        with suppress(ValueError):
            how = signal.Signals(-code).name
    return _Refusal(
        UnreadableFile,
        f"its reader crashed ({how}); the file may be damaged: open it in its own program and save it again; "
        f"if it is sound, it may need more than {limits.megabytes} MiB of memory: raise YIJU_READ_MB",
        f"读取程序崩溃（{how}）；文件可能已损坏：请用原程序打开并重新保存；"
        f"如文件完好，可能是所需内存超过 {limits.megabytes} MiB：请调大 YIJU_READ_MB",
    )


def _fault(error: Exception) -> _Refusal:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__}, {Path(frame.filename).name}:{frame.lineno}"
    return _Refusal(
        UnreadableFile,
        f"its reader failed ({where}); the file may be damaged: save it again, and if it is sound report this",
        f"读取程序出错（{where}）；文件可能已损坏：请重新保存，如文件完好请报告此问题",
        last=True,
    )

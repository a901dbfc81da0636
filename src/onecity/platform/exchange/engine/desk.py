"""Brings calls back to the thread that started a run: the journal's, and those of targets that may not leave it."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
LOOK_ROUND_S = 1.0


class Stopped(Exception):
    """The run is being ended; nobody answers any more."""


class Desk:
    """Questions from working threads, answered by one thread one after the other."""

    def __init__(self) -> None:
        self._questions: queue.Queue[tuple[Callable[[], object], Future[Any]] | None] = queue.Queue()
        self._closed = threading.Event()
        self._lock = threading.Lock()

    def ask(self, work: Callable[[], T]) -> T:
        """Have work done by the answering thread, and wait for it. Raises: what the work raises; Stopped."""
        return self.put(work).result()

    def put(self, work: Callable[[], T]) -> "Future[T]":
        """Have work done by the answering thread. Raises: Stopped."""
        answer: Future[T] = Future()
        with self._lock:
            self.check()
            self._questions.put((work, answer))
        return answer

    def check(self) -> None:
        """Raises: Stopped once nobody answers."""
        if self._closed.is_set():
            raise Stopped

    def serve(self, until: Callable[[], bool], *, look_round: Callable[[], None]) -> None:
        """Answer until something holds; look round when woken, and every second. Raises: what that raises."""
        while not until():
            try:
                question = self._questions.get(timeout=LOOK_ROUND_S)
            except queue.Empty:
                question = None
            if question is None:
                look_round()
            else:
                answer_with(*question)

    def wake(self) -> None:
        """Let the answering thread look round now."""
        self._questions.put(None)

    def close(self) -> None:
        """Answer nobody any more."""
        with self._lock:
            self._closed.set()
            while not self._questions.empty():
                question = self._questions.get()
                if question is not None:
                    question[1].set_exception(Stopped())


class Hands:
    """One thread that makes all calls of one target, so that a block lands while the next one is being read."""

    def __init__(self, desk: Desk | None = None) -> None:
        self._desk = desk
        self._thread = None if desk is not None else ThreadPoolExecutor(1, thread_name_prefix="landing")

    def __enter__(self) -> "Hands":
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread is not None:
            self._thread.shutdown(wait=True)

    def begin(self, work: Callable[[], T]) -> "Future[T]":
        """Begin a call."""
        if self._thread is not None:
            return self._thread.submit(work)
        assert self._desk is not None
        return self._desk.put(work)

    def do(self, work: Callable[[], T]) -> T:
        """Make a call and wait for it."""
        return self.begin(work).result()


def answer_with(work: Callable[[], object], answer: "Future[Any]") -> None:
    """Do work; its result or its error becomes the answer."""
    try:
        found = work()
    except BaseException as error:  # noqa: BLE001  # handed to the thread that asked, which raises it
        answer.set_exception(error)
    else:
        answer.set_result(found)

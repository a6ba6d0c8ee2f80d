"""The same work done to many things, on all cores where that pays. Knows nothing of images."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from itertools import islice
from typing import TypeVar

from core.system.hardware import usable_cores

Item = TypeVar("Item")
Result = TypeVar("Result")

Report = Callable[[int, int], None]
"""Is told how many of how many are done."""

_CHUNK = 64
_WORTH = 1.0
"""Seconds of work from which other processes pay: each takes about 0.3 s to start."""


def each(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    report: Report | None = None,
    seconds: float = 0.001,
) -> list[Result]:
    """`work` of each of `items`, in their order. `seconds` is a guess of what one of them takes.

    `work` is a function of a module, which other processes can import. Where none can be started, everything
    is done in this one. What `work` or `report` raises ends it.
    """
    results: list[Result] = []
    with closing(parts(work, items, seconds)) as found:
        for part in found:
            results += part
            if report is not None:
                report(len(results), len(items))
    return results


def parts(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    seconds: float = 0.001,
    chunk: int | None = None,
    ahead: int | None = None,
) -> Generator[list[Result], None, None]:
    """As `each`, but the results come `chunk` at a time, so that whoever takes them decides what is kept of them.

    64 where nothing else is given. `ahead` so many chunks are worked on, or done, before they are asked for: what waits
    is memory, three for each process where nothing else is given.
    """
    chunk = chunk or _CHUNK
    count = -(-len(items) // chunk)
    done = 0
    workers = min(usable_cores(), count)
    if workers > 1 and len(items) * seconds > _WORTH:
        with closing(_elsewhere(work, items, workers, chunk, ahead or 3 * workers)) as others:
            while done < count:
                try:
                    part = next(others)
                except (BrokenProcessPool, OSError):
                    break  # no process could be started here, or one was killed: go on alone
                done += 1
                yield part
    for start in range(done * chunk, len(items), chunk):
        yield _work_on(work, items[start : start + chunk])


def _elsewhere(
    work: Callable[[Item], Result], items: Sequence[Item], workers: int, chunk: int, ahead: int
) -> Generator[list[Result], None, None]:
    # Spawned, since a fork of a process with threads (torch has some) can hang.
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(workers, context, initializer=_begin)
    try:
        waiting = (items[start : start + chunk] for start in range(0, len(items), chunk))
        under_way = [executor.submit(_work_on, work, each) for each in islice(waiting, ahead)]
        while under_way:
            yield under_way.pop(0).result()
            under_way += [executor.submit(_work_on, work, each) for each in islice(waiting, 1)]
    finally:
        executor.shutdown(cancel_futures=True)


def _work_on(work: Callable[[Item], Result], chunk: Sequence[Item]) -> list[Result]:
    return [work(item) for item in chunk]


def _begin() -> None:
    """In a new process: leave Ctrl-C to the parent, and end when the parent is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=follow, daemon=True).start()

"""Maps a function over many items, on all cores where that pays. Knows nothing of images."""

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
"""Called with the number of items done and the total."""

_CHUNK = 64
_WORTH = 1.0
"""Seconds of work from which other processes pay off: each takes about 0.3 s to start."""


def each(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    report: Report | None = None,
    seconds: float = 0.001,
) -> list[Result]:
    """The results of `work` for each of `items`, in order. `seconds` is an estimate of the time per item.

    `work` is a module-level function, which other processes can import. If no process can be started, this one does
    everything. An error raised by `work` or `report` ends the work and propagates.
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
    """Like `each`, but yield the results `chunk` at a time (64 by default), so that the caller need not keep them all.

    `ahead` chunks, three per process by default, are worked on or done before they are asked for; those that wait
    take memory.
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
                    break  # no process could be started, or one was killed: continue in this one
                done += 1
                yield part
    for start in range(done * chunk, len(items), chunk):
        yield _work_on(work, items[start : start + chunk])


def _elsewhere(
    work: Callable[[Item], Result], items: Sequence[Item], workers: int, chunk: int, ahead: int
) -> Generator[list[Result], None, None]:
    # Spawned, since a fork of a process with threads (torch starts some) can hang.
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
    """Set up a new process: leave Ctrl-C to the parent, and exit when the parent is gone, however it ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=follow, daemon=True).start()

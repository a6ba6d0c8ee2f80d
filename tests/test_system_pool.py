"""Work done by several processes: the same results in the same order, and an end in every case."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from waiting import LONGEST

from core.system import children, pool


def doubled(number: int) -> int:
    """Something to do."""
    return 2 * number


def killed_elsewhere(number: int) -> int:
    """Kills the process that does it, unless it is the one that asked."""
    if os.environ.get("ASKED_BY") != str(os.getpid()):
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes, whatever the machine has and however little there is to do."""
    monkeypatch.setattr(pool, "usable_cores", lambda: 2)
    monkeypatch.setattr(pool, "_WORTH", 0.0)


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 1000])
def test_results_are_in_order(two: None, count: int) -> None:
    """Whatever the number of things, each result stands where its thing stood, and all are reported."""
    told: list[tuple[int, int]] = []
    results = pool.each(doubled, range(count), lambda done, total: told.append((done, total)))
    assert results == [2 * number for number in range(count)]
    assert [done for done, _ in told] == [min(64 * (index + 1), count) for index in range(-(-count // 64))]
    assert {total for _, total in told} <= {count}


def test_a_killed_process_costs_nothing_but_time(two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where other processes die, this one does the work."""
    monkeypatch.setenv("ASKED_BY", str(os.getpid()))
    assert pool.each(killed_elsewhere, range(200)) == [2 * number for number in range(200)]


@pytest.mark.parametrize("worth", [0.0, 1e9], ids=["others", "alone"])
def test_an_error_of_who_is_told_ends_it(two: None, monkeypatch: pytest.MonkeyPatch, worth: float) -> None:
    """An OSError of the report, such as a closed pipe, is neither swallowed nor taken for one of a process."""
    monkeypatch.setattr(pool, "_WORTH", worth)
    told: list[int] = []

    def report(done: int, total: int) -> None:
        told.append(done)
        raise BrokenPipeError("nobody reads this")

    with pytest.raises(BrokenPipeError):
        pool.each(doubled, range(1000), report)
    assert told == [64]


def test_others_end_with_the_one_that_started_them() -> None:
    """Nothing goes on working for a process that was killed."""
    code = (
        "import multiprocessing, os, signal, time\nfrom core.system import pool\n"
        "if __name__ == '__main__':\n"
        "    pool.usable_cores, pool._WORTH = (lambda: 2), 0.0\n"
        "    def told(done, total):\n"
        "        print(*(child.pid for child in multiprocessing.active_children()), flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    pool.each(time.sleep, [0.001] * 100_000, told)\n"
    )
    # Whoever still lives holds the other end of the pipe: that this returns at all is the point.
    found = subprocess.run(
        [sys.executable, "-c", code], env=children.environment(), stdout=subprocess.PIPE, timeout=LONGEST, check=False
    )
    assert found.returncode == -signal.SIGKILL and len(found.stdout.split()) == 2

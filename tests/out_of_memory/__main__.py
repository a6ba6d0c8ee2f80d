"""A training that the system ends for lack of memory: `python -m tests.out_of_memory` (Linux, as root).

The training goes into a control group with little more memory than it has, and a smaller process takes
that. The training must have failed with that reason, and go on when it is resumed.

Not among the tests: the kernel counts what it has ended for the whole machine, so a training that a test kills at that
moment would be taken for the one without memory.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from waiting import wait_until

from core.config.configuration import TrainingConfig
from core.runs.events import Failed
from core.runs.launch import start_run
from core.runs.run import FAILED, STOPPED, Run, create_run
from core.system import children
from tests.crashes.homes import at_home

_LEFT = 64 << 20
_HUNGRY = """
import os, sys
open(sys.argv[1], "w").write(str(os.getpid()))
bytearray(b"1") * int(sys.argv[2])
"""


@dataclass(frozen=True)
class ControlGroup:
    """Processes that may together use so much memory and no more."""

    path: Path
    limit: str
    used: str

    def exhaust(self) -> None:
        """Take more than is left, by another process: the kernel ends the larger one, then perhaps this one."""
        (self.path / self.limit).write_text(str(int((self.path / self.used).read_text()) + _LEFT))
        subprocess.run([sys.executable, "-c", _HUNGRY, str(self.path / "cgroup.procs"), str(2 * _LEFT)])


def main() -> int:
    """Once, before and after the first save; 1 if what is said of one is wrong."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.parse_args()
    os.environ["DIGITS_NICENESS"] = "0"  # whatever else the machine does, this is waited for
    for event in ("progress", "saved"):
        with tempfile.TemporaryDirectory() as name, _group() as group, at_home(Path(name)):
            if group is None:
                print("no control group can be made here")
                return 2
            if said := _try(group, event):
                print(said)
                return 1
        print(f"ended after its first {event!r}: it has failed, says why, and goes on when it is resumed")
    return 0


@contextmanager
def _group() -> Iterator[ControlGroup | None]:
    """A new one, of the first or the second version; None where none can be made."""
    for path, limit, used in (
        ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
        ("/sys/fs/cgroup", "memory.max", "memory.current"),
    ):
        group = ControlGroup(Path(path, f"digits-tui-{os.getpid()}"), limit, used)
        with contextlib.suppress(OSError):
            group.path.mkdir()
        if (group.path / limit).exists():
            try:
                yield group
            finally:
                group.path.rmdir()
            return
    yield None


def _try(group: ControlGroup, event: str) -> str:
    """What is wrong; empty if nothing is."""
    run = create_run(TrainingConfig(data="mnist", recipe="fast", epochs=500, device="cpu"))
    child = start_run(run)
    (group.path / "cgroup.procs").write_text(str(child.pid))
    _wait_for(run, event, 1)
    group.exhaust()
    if child.wait() != -signal.SIGKILL:
        return f"the training ended with {child.returncode}"
    ending = run.ending()
    if run.status() != FAILED or ending is None or not isinstance(ending.event, Failed):
        return f"the training is {run.status()}, with {ending}"
    if "lack of memory" not in ending.event.error:
        return f"the reason is {ending.event.error}"
    listed = subprocess.run(children.command("runs"), env=children.environment(), capture_output=True, text=True)
    if "lack of memory" not in listed.stdout or f"digits-tui resume {run.name}" not in listed.stdout:
        return f"`runs` says {listed.stdout}"
    before = run.events.read_text().count('"progress"')
    with start_run(run, resume=True):
        _wait_for(run, "progress", before + 1)
        run.request_stop()
    return "" if run.status() == STOPPED else f"resumed and stopped, it is {run.status()}"


def _wait_for(run: Run, event: str, count: int) -> None:
    wait_until(lambda: run.events.exists() and run.events.read_text().count(f'"{event}"') >= count)


if __name__ == "__main__":
    sys.exit(main())

"""Makes each kind of write on a disk that fails, and says what is wrong then or afterwards."""

from __future__ import annotations

import dataclasses
import json
import os
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from tests.crashes.faults import Attempt, afterwards, attempt
from tests.crashes.homes import at_home
from tests.crashes.kinds import KINDS, Kind
from tests.disks.disks import Disk, mount, unmount


@dataclass
class Tried:
    """What was found."""

    writes: int = 0
    refused: int = 0
    """Writes that failed, as the program said."""
    complaints: list[str] = field(default_factory=list)


def try_all(disk: Disk, folder: Path) -> Tried:
    """Make each kind of write on `disk`, mounted at `folder`, with ever more room left."""
    found = Tried()
    for name, kind in KINDS.items():
        for left in disk.left:
            mount(disk, folder)
            try:
                meanwhile, complaints = _try(disk, folder, kind, left)
            finally:
                unmount(folder)
            found.writes += 1
            found.refused += meanwhile.refused
            found.complaints += (f"{name}, room for {left}: {why}" for why in complaints)
    return found


def _try(disk: Disk, folder: Path, kind: Kind, left: int) -> tuple[Attempt, list[str]]:
    (home := folder / "home").mkdir()
    with at_home(home):
        kind.begin()
    meanwhile = (_in_child if disk.for_good else attempt)(kind, home, disk.fail(folder, left))
    return meanwhile, [*meanwhile.complaints, *afterwards(kind, home, meanwhile.reported)]


def _in_child(kind: Kind, home: Path, failing: AbstractContextManager[object]) -> Attempt:
    """The attempt of a child process, which alone meets the failing disk."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, json.dumps(dataclasses.asdict(attempt(kind, home, failing))).encode())
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
        told = json.load(file)
    os.waitpid(child, 0)
    return Attempt(told["reported"], told["refused"], tuple(told["complaints"]))

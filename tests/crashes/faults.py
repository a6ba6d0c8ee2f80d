"""Disks that fail while the program writes: full, over the quota, without inodes, broken, or read-only."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from core.errors import DigitsError
from tests.crashes.homes import at_home
from tests.crashes.kinds import Kind
from tests.crashes.recording import Recorder, recording


@dataclass(frozen=True)
class Fault:
    """What a disk refuses, and how."""

    name: str
    number: int
    """Of the error."""
    actions: frozenset[str]
    """What fails, of the actions of `Recorder.permit`."""
    for_good: bool = True
    """Whether it goes on failing; otherwise it fails once."""


FAULTS = (
    Fault("disk full", errno.ENOSPC, frozenset(("create", "write"))),
    Fault("no bytes left", errno.ENOSPC, frozenset(("write",))),
    Fault("over the quota", errno.EDQUOT, frozenset(("create", "write", "sync"))),
    Fault("no inodes left", errno.ENOSPC, frozenset(("create",))),
    Fault("bytes that do not reach the disk", errno.EIO, frozenset(("sync",)), for_good=False),
    Fault("a rename that fails", errno.EIO, frozenset(("rename",)), for_good=False),
)
"""What begins in the middle of a write."""
READ_ONLY = (
    Fault("mounted read-only", errno.EROFS, frozenset(("create", "write", "sync", "rename", "remove"))),
    Fault("not writable", errno.EACCES, frozenset(("create", "rename", "remove"))),
)
"""What is so from the start."""


_SAID = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.ENOLCK)
"""One of these reasons stands in each message."""


class _Failing(Recorder):
    """Refuses the `first`th action that the fault is about, and those after it."""

    def __init__(self, folder: Path, fault: Fault, first: int) -> None:
        super().__init__(folder)
        self.fault, self._left = fault, first
        self.has_failed = False

    def permit(self, action: str) -> None:
        """Raise OSError where the disk fails."""
        if action not in self.fault.actions:
            return
        self._left -= 1
        if self._left < 0 and (self.fault.for_good or not self.has_failed):
            self.has_failed = True
            raise OSError(self.fault.number, os.strerror(self.fault.number))


@dataclass(frozen=True)
class Failed:
    """What was found."""

    tries: int
    complaints: tuple[str, ...]


def fail(kind: Kind, fault: Fault, folder: Path, every: int = 1) -> Failed:
    """Do it again and again in the empty `folder`, each time with the fault beginning `every` actions later."""
    (begun := folder / "begun").mkdir()
    with at_home(begun):
        kind.begin()
    complaints: list[str] = []
    tries = 0
    for first in range(0, 1 if fault in READ_ONLY else 10_000, every):
        home = folder / str(first)
        shutil.copytree(begun, home)
        recorder = _Failing(home, fault, first)
        complaints += (f"from action {first}: {why}" for why in tried(kind, home, recording(home, recorder)))
        tries += 1
        if not recorder.has_failed:
            break
        shutil.rmtree(home)
    return Failed(tries, tuple(complaints))


def tried(kind: Kind, home: Path, failing: AbstractContextManager[object]) -> Iterator[str]:
    """What is wrong with what the program does while the disk under `home` fails, and afterwards."""
    meanwhile = attempt(kind, home, failing)
    yield from meanwhile.complaints
    yield from afterwards(kind, home, meanwhile.reported)


@dataclass(frozen=True)
class Attempt:
    """What the program did while the disk failed."""

    reported: int
    """How often it reported something as kept."""
    refused: bool
    """Whether it said that the write failed."""
    complaints: tuple[str, ...]


def attempt(kind: Kind, home: Path, failing: AbstractContextManager[object]) -> Attempt:
    """Write while the disk under `home` fails."""
    reported, complaints = 0, []
    refused = True
    with at_home(home):
        try:
            with failing:
                for reported, _ in enumerate(kind.act(), 1):  # noqa: B007 - how many there were counts
                    pass
            refused = False
        except DigitsError as error:
            if not any(os.strerror(number) in str(error) for number in _SAID):
                complaints.append(f"the message does not say why: {error}")
        except OSError as error:
            if not kind.raises_os_error:
                complaints.append(f"OSError instead of a message: {error!r}")
        except Exception as error:  # whatever it is, a person would meet it
            complaints.append(repr(error))
    return Attempt(reported, refused, tuple(complaints))


def afterwards(kind: Kind, home: Path, reported: int) -> Iterator[str]:
    """What is wrong when the disk works again, where so much was reported as kept."""
    left = [path.name for path in home.rglob("*") if path.name.endswith(".part") or _is_built(path)]
    if left:
        yield f"left behind: {left}"
    with at_home(home):
        try:
            kind.check(reported)
        except Exception as error:  # as above
            yield f"afterwards, {reported} reported: {type(error).__name__}: {error}"


def _is_built(path: Path) -> bool:
    return path.name.startswith((".own-", ".export-"))

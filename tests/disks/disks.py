"""File systems that fail for real: how each is mounted, and how it is made to fail and to work again."""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

_PAGE = 4096
_LEFT = (0, 1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128, 1024)
"""Pages of 4 KiB, or files, that there is room for when a write begins."""


@dataclass(frozen=True)
class Disk:
    """One way in which a disk fails."""

    options: str
    """Of its tmpfs."""
    fail: Callable[[Path, int], AbstractContextManager[object]]
    """Fails within the block, once there is no room for so many pages or files."""
    left: tuple[int, ...] = (0,)
    for_good: bool = False
    """Whether it fails for as long as this process lives."""


@contextmanager
def _full(folder: Path, pages: int) -> Iterator[None]:
    filler = folder / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
            for _ in range(max(0, free // _PAGE - pages)):
                file.write(bytes(_PAGE))
        yield
    finally:
        filler.unlink()


@contextmanager
def _without_inodes(folder: Path, files: int) -> Iterator[None]:
    fillers = [folder / f"filler-{number}" for number in range(max(0, os.statvfs(folder).f_ffree - files))]
    try:
        for each in fillers:
            each.touch()
        yield
    finally:
        for each in fillers:
            each.unlink(missing_ok=True)


@contextmanager
def _read_only(folder: Path, _: int) -> Iterator[None]:
    _mount("-o", "remount,ro", str(folder))
    try:
        yield
    finally:
        _mount("-o", "remount,rw", str(folder))


@contextmanager
def _without_locks(_: Path, __: int) -> Iterator[None]:
    """Have the kernel refuse `flock` to this process from now on: no file system that does is at hand."""
    machine, call = {"x86_64": (0xC000003E, 73), "aarch64": (0xC00000B7, 32)}[platform.machine()]
    load, equal, give = 0x20, 0x15, 0x06  # BPF: load a word, jump if it equals, return
    allow, no_locks = 0x7FFF0000, 0x00050000 | 37  # SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO with ENOLCK
    steps = [
        (load, 0, 0, 4),
        (equal, 0, 3, machine),
        (load, 0, 0, 0),
        (equal, 0, 1, call),
        (give, 0, 0, no_locks),
        (give, 0, 0, allow),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
    library = ctypes.CDLL(None, use_errno=True)
    for arguments in ((38, 1, 0, 0, 0), (22, 2, ctypes.addressof(program), 0, 0)):  # no new privileges; the filter
        if library.prctl(*map(ctypes.c_ulong, arguments)) != 0:
            raise OSError(ctypes.get_errno(), "the kernel takes no filter")
    yield


DISKS = {
    "full": Disk("size=24m", _full, _LEFT),
    "without inodes": Disk("size=24m,nr_inodes=400", _without_inodes, _LEFT[:11]),
    "read-only": Disk("size=24m", _read_only),
    "without locks": Disk("size=24m", _without_locks, for_good=True),
}


def mount(disk: Disk, folder: Path) -> None:
    """Mount it. Raises CalledProcessError."""
    _mount("-t", "tmpfs", "-o", disk.options, "tmpfs", str(folder))


def unmount(folder: Path) -> None:
    """Take it away again."""
    subprocess.run(["umount", str(folder)], check=True)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)

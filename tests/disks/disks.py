"""File systems that fail for real: how each is mounted, and how it is made to fail and to work again."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

_PAGE = 4096
_LEFT = (0, 1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128, 1024)
"""Pages of 4 KiB, or files, that there is room for when a write begins."""


_BTRFS = 128 << 20
"""Bytes; the smallest that can be made is not much smaller."""


@dataclass(frozen=True)
class Disk:
    """One way in which a disk fails."""

    fail: Callable[[Path, int], AbstractContextManager[object]]
    """Fails within the block, once there is no room for so many pages or files."""
    left: tuple[int, ...] = (0,)
    for_good: bool = False
    """Whether it fails for as long as this process lives."""
    options: str = "size=24m"
    """Of its tmpfs."""
    is_btrfs: bool = False
    """Whether it is a Btrfs instead, which knows quotas; made in a file, for which one has to be root."""

    @property
    def wanting(self) -> str:
        """What this machine lacks to make it; empty if nothing."""
        if self.is_btrfs and (os.geteuid() != 0 or shutil.which("btrfs") is None):
            return "needs root, and btrfs-progs"
        return ""


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
def _over_quota(folder: Path, pages: int) -> Iterator[None]:
    """Beyond what is used now, the quota of the whole file system leaves so many pages."""
    _btrfs("filesystem", "sync", str(folder))
    shown = _btrfs("qgroup", "show", "-r", "--raw", "--sync", str(folder))
    used = next(int(line.split()[1]) for line in shown.splitlines() if line.startswith("0/5"))
    _btrfs("qgroup", "limit", str(used + pages * _PAGE), str(folder))
    try:
        yield
    finally:
        _btrfs("qgroup", "limit", "none", str(folder))


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
    "full": Disk(_full, _LEFT),
    "without inodes": Disk(_without_inodes, _LEFT[:11], options="size=24m,nr_inodes=400"),
    "over quota": Disk(_over_quota, _LEFT[1:], is_btrfs=True),  # without any room the quota cannot be lifted either
    "read-only": Disk(_read_only),
    "without locks": Disk(_without_locks, for_good=True),
}


def mount(disk: Disk, folder: Path) -> None:
    """Mount it. Raises CalledProcessError."""
    if not disk.is_btrfs:
        _mount("-t", "tmpfs", "-o", disk.options, "tmpfs", str(folder))
        return
    with _file_of(folder).open("wb") as file:
        file.truncate(_BTRFS)
    subprocess.run(["mkfs.btrfs", "--quiet", "--mixed", str(_file_of(folder))], check=True, capture_output=True)
    _mount("-o", "loop", str(_file_of(folder)), str(folder))
    _btrfs("quota", "enable", str(folder))
    _btrfs("quota", "rescan", "--wait", str(folder))


def unmount(folder: Path) -> None:
    """Take it away again."""
    subprocess.run(["umount", str(folder)], check=True)
    _file_of(folder).unlink(missing_ok=True)


def _file_of(folder: Path) -> Path:
    """The file that holds a Btrfs which is mounted at `folder`."""
    return folder.with_name(f"{folder.name}.img")


def _btrfs(*arguments: str) -> str:
    return subprocess.run(["btrfs", *arguments], check=True, capture_output=True, text=True).stdout


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)

"""The folders that hold the user's files: whether they are there, can be written and have room, and whether locks work.

One temporary file is written, locked and removed again; nothing else is changed.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from core import paths
from core.doctor.diagnosis import Examined, Remedy, Section, fine, note, problem
from core.doctor.path_text import aside, path_text, remedy, without_home
from core.errors import DigitsError
from core.system import lock

_LEAST_BYTES = 100 * 2**20
"""Free bytes below which a run may not find room: its files take some megabytes each time that they are written."""
_LEAST_FILES = 1000
_EXPORT = "export DIGITS_HOME=FOLDER"
_ELSEWHERE = Remedy("Keep your files in a folder that you can write to:", _EXPORT)


def examine() -> Section:
    """The lines on all folders."""
    program = "a checkout" if paths.is_checkout() else "installed"
    lines = [fine("program", f"{program}: {path_text(Path(paths.__file__).parent.parent)}")]
    try:
        home = paths.home()
    except DigitsError as error:
        return Section("Folders", (*lines, problem("home", without_home(str(error)), _ELSEWHERE)))
    named = {
        "home": home,
        "data": home / "data",
        "cache": home / "data" / "cache",
        "checkpoints": home / "checkpoints",
    }
    found = [_folder(name, folder) for name, folder in named.items()]
    lines += found
    disks: dict[int, Path] = {}
    for folder in named.values():
        place = _existing(folder)
        disks.setdefault(_device(place), place)
    lines += [line for place in disks.values() for line in _room(place)]
    writable = [each for each in (named["data"], home) if _can_be_written(each)]
    lines.append(_locks(writable[0]) if writable else note("locks", "not tried: there is no folder to write in yet"))
    return Section("Folders", tuple(lines))


def _folder(name: str, folder: Path) -> Examined:
    shown = path_text(folder)
    try:
        status = folder.stat()
    except FileNotFoundError:
        return _missing(name, folder)
    except OSError as error:
        return problem(name, f"{shown} cannot be used: {error.strerror}", _ELSEWHERE)
    mode = stat.filemode(status.st_mode)
    if not stat.S_ISDIR(status.st_mode):
        return problem(name, f"{shown} is no folder ({mode})", aside("Move it out of the way", [folder]))
    yours = status.st_uid == os.geteuid()
    whose = "" if yours else f", of user {status.st_uid}"
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        verb = "chmod u+rwx" if yours else "sudo chown -R $(id -u)"
        mend = remedy("Make the folder yours to read and write, or set DIGITS_HOME to another one", verb, [folder])
        return problem(name, f"{shown} cannot be written or read ({mode}{whose})", mend)
    if status.st_mode & stat.S_IWOTH and not status.st_mode & stat.S_ISVTX:
        mend = remedy("Let nobody else write there", "chmod o-w", [folder])
        return note(name, f"{shown} ({mode}{whose}): everybody can write there", mend)
    return fine(name, f"{shown} ({mode}{whose})")


def _missing(name: str, folder: Path) -> Examined:
    above = _existing(folder)
    if _can_be_written(above):
        return fine(name, f"{path_text(folder)} is made when it is needed")
    words = f"{path_text(folder)} is missing and cannot be made in {path_text(above)}"
    return problem(name, words, _ELSEWHERE)


def _can_be_written(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK) and folder.is_dir()


def _existing(folder: Path) -> Path:
    """The folder, or the next one above it that there is."""
    return next((each for each in (folder, *folder.parents) if os.path.lexists(each)), folder)


def _device(place: Path) -> int:
    try:
        return place.stat().st_dev
    except OSError:
        return -1


def _room(place: Path) -> Iterator[Examined]:
    """Free bytes and files of the disk that `place` is on."""
    try:
        found = os.statvfs(place)
    except OSError as error:
        yield note("room", f"unknown for {path_text(place)}: {error.strerror}")
        return
    size = found.f_bavail * found.f_frsize
    words = _bytes(size)
    few = False
    if found.f_files:  # some file systems do not count files
        few = found.f_favail < _LEAST_FILES
        words += f" and {found.f_favail:,} inodes"
    words += " free"
    if found.f_flag & os.ST_RDONLY:
        yield problem("room", f"{words}, mounted read-only: {path_text(place)}", _ELSEWHERE)
    elif few or size < _LEAST_BYTES:
        runs = path_text(paths.home() / "checkpoints")
        mend = Remedy(f"Make room on the disk of {path_text(place)}; remove old runs, for example, from {runs}.")
        yield problem("room", f"{words}: {path_text(place)}", mend)
    else:
        yield fine("room", words)


def _bytes(size: float) -> str:
    return f"{size / 2**30:,.1f} GiB" if size >= 2**30 else f"{size / 2**20:,.1f} MiB"


def _locks(folder: Path) -> Examined:
    """Write a file, hold a lock on it, and remove it."""
    shown = path_text(folder)
    times = folder.stat()
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=".doctor.", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(b"digits-tui doctor\n" * 300)
                file.flush()
                os.fsync(file.fileno())
            taken = lock.take(Path(name))
            if taken is not None:
                os.close(taken)
        finally:
            Path(name).unlink()
            os.utime(folder, ns=(times.st_atime_ns, times.st_mtime_ns))  # as if nothing had been there
    except lock.NoLocksError as error:
        words = f"do not work in {shown}: {error.reason}"
        return problem("locks", words, Remedy("Keep your files on a disk of this machine:", _EXPORT))
    except OSError as error:
        return problem("writing", f"a file cannot be written in {shown}: {error.strerror}", _ELSEWHERE)
    return fine("locks", f"a file can be written and locked in {shown}")

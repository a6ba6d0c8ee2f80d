"""Records what a block of code does to the files of a folder, call by call, where Python hands it to the system."""

from __future__ import annotations

import builtins
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from tests.crashes.calls import EVERYTHING, Call, Cut, FileId, Name, Rename, Sync, SyncFolder, Unname, Write


class Recorder:
    """The calls so far; they are taken down while `recording` is open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.calls: list[Call] = []
        self._generations: dict[int, int] = {}

    def permit(self, action: str) -> None:
        """Called before a `write`, `create`, `sync`, `rename` or `remove` inside the folder; may raise OSError."""

    def inside(self, path: Any, dir_fd: int | None = None) -> str | None:
        """The path within the folder; None for one outside."""
        try:
            given = os.fsdecode(path)
        except TypeError:
            return None
        base = Path(f"/proc/self/fd/{dir_fd}").resolve() if dir_fd is not None else Path.cwd()
        whole = Path(os.path.normpath(base / given))
        parent = whole.parent.resolve()
        if parent == self.folder or self.folder in parent.parents:
            return (parent / whole.name).relative_to(self.folder).as_posix()
        return "." if whole == self.folder else None

    def file(self, handle: int, *, new: bool = False) -> FileId:
        """What `handle` has opened."""
        number = os.fstat(handle).st_ino
        if new:
            self._generations[number] = self._generations.get(number, -1) + 1
        return FileId(number, self._generations.setdefault(number, 0))

    def path_of(self, handle: int) -> str | None:
        """Where the file is that `handle` has opened; None if it is outside or has no name any more."""
        return self.inside(Path(f"/proc/self/fd/{handle}").readlink())


class _Raw(io.FileIO):
    recorder: Recorder
    file: FileId

    def write(self, data: Any) -> int:
        given = bytes(data)
        appends = "a" in self.mode
        offset = os.fstat(self.fileno()).st_size if appends else self.tell()
        self.recorder.permit("write")
        done = super().write(given)
        self.recorder.calls.append(Write(self.file, offset, given[:done]))
        return done

    def truncate(self, size: int | None = None) -> int:
        cut = super().truncate(size)
        self.recorder.calls.append(Cut(self.file, cut))
        return cut


@contextmanager
def recording(folder: Path, recorder: Recorder | None = None) -> Iterator[Recorder]:
    """Take down, by `recorder` or a new one, every call that the block makes on the files in `folder`."""
    recorder = recorder or Recorder(folder)
    with pytest.MonkeyPatch.context() as patch:
        opener = _opening(recorder, os.open)
        patch.setattr(os, "open", opener)
        patch.setattr(io, "open", _file_opening(recorder, io.open))
        patch.setattr(builtins, "open", io.open)
        patch.setattr(os, "fsync", _syncing(recorder, os.fsync))
        patch.setattr(os, "sync", lambda: recorder.calls.append(SyncFolder(EVERYTHING)))
        patch.setattr(os, "ftruncate", _cutting(recorder, os.ftruncate))
        patch.setattr(os, "pwrite", _writing(recorder, os.pwrite))
        for name in ("rename", "replace"):
            patch.setattr(os, name, _renaming(recorder, getattr(os, name)))
        for name in ("unlink", "remove", "rmdir"):
            patch.setattr(os, name, _removing(recorder, getattr(os, name)))
        patch.setattr(os, "mkdir", _making(recorder, os.mkdir))
        patch.setattr(os, "link", _linking(recorder, os.link))
        patch.setattr(shutil, "_USE_CP_SENDFILE", False)  # or copies would be made by the system alone
        yield recorder


def _opening(recorder: Recorder, known: Callable[..., int]) -> Callable[..., int]:
    def opened(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        inside = recorder.inside(path, dir_fd)
        before = inside is None or os.path.lexists(recorder.folder / inside)
        if inside is not None and not before and flags & os.O_CREAT:
            recorder.permit("create")
        handle = known(path, flags, mode, dir_fd=dir_fd)
        if inside is not None and not before:
            recorder.calls.append(Name(inside, recorder.file(handle, new=True)))
        elif inside is not None and flags & os.O_TRUNC:
            recorder.calls.append(Cut(recorder.file(handle), 0))
        return handle

    return opened


def _file_opening(recorder: Recorder, known: Callable[..., IO[Any]]) -> Callable[..., IO[Any]]:
    def opened(
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: Any = None,
    ) -> IO[Any]:
        inside = recorder.path_of(file) if isinstance(file, int) else recorder.inside(file)
        if inside is None or not set(mode) & set("wax+"):
            return known(file, mode, buffering, encoding, errors, newline, closefd, opener)
        plain = mode.replace("b", "").replace("t", "")
        before = isinstance(file, int) or os.path.lexists(recorder.folder / inside)
        if not before:
            recorder.permit("create")
        raw = _Raw(file, plain, closefd=closefd, opener=opener)
        raw.recorder, raw.file = recorder, recorder.file(raw.fileno(), new=not before)
        if not before:
            recorder.calls.append(Name(inside, raw.file))
        elif "w" in mode and not isinstance(file, int):
            recorder.calls.append(Cut(raw.file, 0))
        if buffering == 0:
            return raw
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)

    return opened


def _syncing(recorder: Recorder, known: Callable[[int], None]) -> Callable[[int], None]:
    def synced(handle: int) -> None:
        path = recorder.path_of(handle)
        if path is not None:
            recorder.permit("sync")
        known(handle)
        if path is None:
            return
        is_folder = (recorder.folder / path).is_dir()
        recorder.calls.append(SyncFolder(path) if is_folder else Sync(recorder.file(handle)))

    return synced


def _writing(recorder: Recorder, known: Callable[[int, bytes, int], int]) -> Callable[[int, bytes, int], int]:
    def written(handle: int, data: bytes, offset: int) -> int:
        if recorder.path_of(handle) is None:
            return known(handle, data, offset)
        recorder.permit("write")
        done = known(handle, data, offset)
        recorder.calls.append(Write(recorder.file(handle), offset, data[:done]))
        return done

    return written


def _cutting(recorder: Recorder, known: Callable[[int, int], None]) -> Callable[[int, int], None]:
    def cut(handle: int, size: int) -> None:
        known(handle, size)
        if recorder.path_of(handle) is not None:
            recorder.calls.append(Cut(recorder.file(handle), size))

    return cut


def _renaming(recorder: Recorder, known: Callable[..., None]) -> Callable[..., None]:
    def renamed(path: Any, target: Any, **folders: Any) -> None:
        old, new = recorder.inside(path), recorder.inside(target)
        if new is not None:
            recorder.permit("rename")
        known(path, target, **folders)
        if old is not None and new is not None:
            recorder.calls.append(Rename(old, new))

    return renamed


def _removing(recorder: Recorder, known: Callable[..., None]) -> Callable[..., None]:
    def removed(path: Any, *, dir_fd: int | None = None) -> None:
        inside = recorder.inside(path, dir_fd)
        if inside is not None:
            recorder.permit("remove")
        known(path, dir_fd=dir_fd)
        if inside is not None:
            recorder.calls.append(Unname(inside))

    return removed


def _making(recorder: Recorder, known: Callable[..., None]) -> Callable[..., None]:
    def made(path: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        if (inside := recorder.inside(path, dir_fd)) is not None and not (recorder.folder / inside).exists():
            recorder.permit("create")
        known(path, mode, dir_fd=dir_fd)
        if inside is not None:
            recorder.calls.append(Name(inside, None))

    return made


def _linking(recorder: Recorder, known: Callable[..., None]) -> Callable[..., None]:
    def linked(path: Any, target: Any, **given: Any) -> None:
        if (new := recorder.inside(target)) is not None:
            recorder.permit("create")
        known(path, target, **given)
        if new is not None:
            handle = os.open(path, os.O_RDONLY)
            recorder.calls.append(Name(new, recorder.file(handle)))
            os.close(handle)

    return linked

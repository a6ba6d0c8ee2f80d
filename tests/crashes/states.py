"""The states in which a crash of the whole machine may leave a disk, as in ALICE (Pillai et al., OSDI 2014).

A crash may come after any call. What was forced to the disk by then is there; of the calls that were not, any may be
lost. Tried are, for each number of calls made: none lost; all lost; each one alone; all from each one on; all bytes but
no names; all names but no bytes; and bytes that were not forced read as zeros, or as half of what was last written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.crashes.calls import EVERYTHING, Call, Cut, FileId, Name, Rename, Reported, Sync, SyncFolder, Unname, Write


@dataclass(frozen=True)
class Disk:
    """A folder: what each path is; None for a folder."""

    content: frozenset[tuple[str, bytes | None]]

    def lay_out(self, folder: Path) -> None:
        """Make the empty `folder` look like this."""
        for path, data in sorted(self.content, key=lambda item: item[0]):
            target = folder / path
            if data is None:
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)


@dataclass(frozen=True)
class CrashState:
    """A disk after a crash, and what the program had reported by then."""

    disk: Disk
    reported: int
    """The number of the last report; 0 if there was none."""
    calls: int
    """Calls made before the crash."""


class _Model:
    """Files by number, names by path."""

    def __init__(self, folder: Path) -> None:
        self.names: dict[str, FileId | None] = {}
        self.contents: dict[FileId, bytearray] = {}
        for base, folders, files in os.walk(folder):
            for each in folders:
                self.names[(Path(base) / each).relative_to(folder).as_posix()] = None
            for each in files:
                path = Path(base) / each
                file = FileId(path.stat().st_ino, 0)
                self.names[path.relative_to(folder).as_posix()] = file
                self.contents[file] = bytearray(path.read_bytes())

    def copy(self) -> _Model:
        other = _Model.__new__(_Model)
        other.names = dict(self.names)
        other.contents = {file: bytearray(data) for file, data in self.contents.items()}
        return other

    def apply(self, call: Call) -> None:
        match call:
            case Write(file, offset, data):
                content = self.contents.setdefault(file, bytearray())
                content.extend(bytes(max(0, offset - len(content))))
                content[offset : offset + len(data)] = data
            case Cut(file, size):
                content = self.contents.setdefault(file, bytearray())
                del content[size:]
                content.extend(bytes(size - len(content)))
            case Name(path, file):
                self.names[path] = file
            case Rename(path, target):
                self._rename(path, target)
            case Unname(path):
                self.names.pop(path, None)
            case _:
                pass

    def _rename(self, path: str, target: str) -> None:
        for name in [each for each in self.names if each == path or each.startswith(f"{path}/")]:
            self.names[target + name[len(path) :]] = self.names.pop(name)

    def disk(self) -> Disk:
        """Names in folders that are themselves lost are lost."""
        found = set()
        for path, file in self.names.items():
            parents = Path(path).parents
            if all(str(each) in self.names for each in list(parents)[:-1]):
                found.add((path, None if file is None else bytes(self.contents.get(file, b""))))
        return Disk(frozenset(found))


def undisturbed(folder_before: Path, calls: Sequence[Call]) -> Disk:
    """The disk after all calls, to be compared with what is really there."""
    model = _Model(folder_before)
    for call in calls:
        model.apply(call)
    return model.disk()


class Beginning:
    """The folder before the first call."""

    def __init__(self, folder: Path) -> None:
        self._model = _Model(folder)

    def after(self, calls: Sequence[Call]) -> Disk:
        """The disk after all of them."""
        model = self._model.copy()
        for call in calls:
            model.apply(call)
        return model.disk()

    def states(self, calls: Sequence[Call]) -> Iterator[CrashState]:
        """Every state that is tried, each once for what was reported."""
        seen = set()
        for count in range(len(calls) + 1):
            made = calls[:count]
            reported = max((call.number for call in made if isinstance(call, Reported)), default=0)
            for some in _survivors(made):
                state = CrashState(self.after(some), reported, count)
                if (state.disk, reported) not in seen:
                    seen.add((state.disk, reported))
                    yield state


def _survivors(calls: Sequence[Call]) -> Iterator[list[Call]]:
    """The calls whose effect is found after a crash."""
    forced = _forced(calls)
    loose = [index for index, is_forced in enumerate(forced) if not is_forced]
    for lost in _losses(calls, loose):
        yield [call for index, call in enumerate(calls) if index not in lost]
    if not loose:
        return
    zeros = {index: calls[index] for index in loose}
    yield [_zeros(call) if index in zeros else call for index, call in enumerate(calls)]
    last = loose[-1]
    match calls[last]:
        case Write(file, offset, data) if len(data) > 1:
            yield [*calls[:last], Write(file, offset, data[: len(data) // 2]), *calls[last + 1 :]]


def _losses(calls: Sequence[Call], loose: Sequence[int]) -> Iterator[set[int]]:
    yield set()
    yield set(loose)
    for number, each in enumerate(loose):
        yield {each}
        yield set(loose[number:])
    is_data = [isinstance(calls[index], Write | Cut) for index in loose]
    yield {index for index, data in zip(loose, is_data, strict=True) if data}
    yield {index for index, data in zip(loose, is_data, strict=True) if not data}


def _zeros(call: Call) -> Call:
    return Write(call.file, call.offset, bytes(len(call.data))) if isinstance(call, Write) else call


def _forced(calls: Sequence[Call]) -> list[bool]:
    """Whether each call was forced to the disk by a later one."""
    files: set[FileId] = set()
    folders: set[str] = set()
    found = []
    for call in reversed(calls):
        match call:
            case Sync(file):
                files.add(file)
            case SyncFolder(path):
                folders.add(path)
            case _:
                pass
        found.append(_is_forced(call, files, folders))
    return found[::-1]


def _is_forced(call: Call, files: set[FileId], folders: set[str]) -> bool:
    match call:
        case Write(file) | Cut(file):
            return EVERYTHING in folders or file in files
        case Name(path) | Unname(path) | Rename(_, path):
            return EVERYTHING in folders or Path(path).parent.as_posix() in folders
        case _:
            return True

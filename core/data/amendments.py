"""A person's decisions about single images of a folder: left out, or given another label. Changes no image.

The decisions are in a journal, `FOLDER/.digits-tui.json`, so that they move with the folder:

    {"version": 1, "decisions": [{"path": "3/a.png", "label": 8, "was": 3, "time": 1760000000.0}]}

A label of null leaves the image out; a label equal to `was` cancels an earlier decision. The last decision about an
image counts. If the folder cannot be written, the journal is in the user's own data; if both exist, they are merged in
order of time. An entry that is damaged, or that a later version wrote, is skipped, reported and kept; a file that is no
journal at all is never overwritten: it is set aside.
"""

from __future__ import annotations

import errno
import functools
import hashlib
import json
import math
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from core import paths
from core.errors import DataError
from core.printable import abridged, printable
from core.system import atomic, damaged_file, json_file, lock
from core.words import plural

NAME = ".digits-tui.json"
_NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)
_DIGITS = frozenset("0123456789")
_LARGEST = 64 << 20
_LATEST = 1e11
"""The year 5138, in seconds since 1970: a decision after it would leave no time for the next one."""


@dataclass(frozen=True)
class Amendment:
    """One decision about one image."""

    path: str
    """Relative to the folder, with `/`; bytes that are not UTF-8 as decoded by `os.fsdecode`."""
    label: int | None
    """The digit that the image shows, 0 to 9; None leaves it out."""
    was: int
    """The digit of its class folder."""
    time: float
    """Seconds since 1970."""


def read(folder: Path) -> dict[str, Amendment]:
    """The decisions, by path, about images below `folder` that differ from their class folders.

    What is damaged or cannot be read is left out; `complaints` reports it.
    """
    latest = {each.path: each for each in _merged(folder)}
    return {path: each for path, each in latest.items() if each.label != each.was}


def complaints(folder: Path) -> tuple[str, ...]:
    """Why existing decisions could not be read, one sentence each."""
    found = []
    for journal in (folder / NAME, _own(folder)):
        try:
            foreign = _read(journal).foreign
        except OSError as error:
            found.append(f"The decisions of your check-up cannot be read: {journal}: {error.strerror}.")
        except ValueError:
            found.append(f"The decisions of your check-up, {journal}, are damaged and are ignored.")
        else:
            if foreign:
                some = plural(len(foreign), "decision", "decisions")
                found.append(
                    f"{some} of your check-up in {journal} cannot be understood and will be ignored; "
                    f"the first is {abridged(foreign[0])}."
                )
    return tuple(map(printable, found))


def leave_out(folder: Path, path: str) -> Amendment:
    """Leave out the image at `path`, relative to `folder`. Raises DataError if the decision cannot be saved."""
    return _decide(folder, path, None)


def relabel(folder: Path, path: str, label: int) -> Amendment:
    """Label the image at `path`, relative to `folder`, as `label`. Raises DataError if that cannot be saved."""
    if type(label) is not int or not 0 <= label <= 9:
        raise DataError(f"the label is {label!r}; it must be a digit, 0 to 9")
    return _decide(folder, path, label)


def withdraw(folder: Path, path: str) -> Amendment:
    """Give the image the digit of its class folder again. Raises DataError if the decision cannot be saved."""
    return _decide(folder, path, _class_of(path))


def undo(folder: Path) -> Amendment | None:
    """Undo the last decision, whatever it was, and return it; None if there is none that can be undone.

    Raises DataError if its journal cannot be written.
    """
    with _locked(folder):
        journals = [(path, _readable(path)) for path in (folder / NAME, _own(folder))]
        journals.sort(key=lambda each: each[1].last_time, reverse=True)
        for path, journal in journals:
            if not journal.decisions:
                continue
            undone = journal.decisions[-1]
            try:
                _write(path, journal.without_last())
            except OSError as error:
                if error.errno in _NOT_WRITABLE:
                    continue  # another person's decision, in a folder that this user cannot write
                raise _not_saved(path, error) from error
            return undone
    return None


def _decide(folder: Path, path: str, label: int | None) -> Amendment:
    was = _class_of(path)
    with _locked(folder):
        earlier = _merged(folder)
        now = max(time.time(), math.nextafter(earlier[-1].time, math.inf) if earlier else 0.0)
        made = Amendment(path, label, was, now)
        try:
            _write(folder / NAME, _readable(folder / NAME).with_one(made))
        except OSError as error:
            if error.errno not in _NOT_WRITABLE:
                raise _not_saved(folder / NAME, error) from error
            own = _own(folder)
            try:
                paths.user_data()
                own.parent.mkdir(exist_ok=True)
                _write(own, _readable(own).with_one(made))
            except OSError as second:
                raise _not_saved(own, second) from second
    return made


def _class_of(path: str) -> int:
    parts = PurePosixPath(path).parts
    if len(parts) < 2 or path.startswith("/") or ".." in parts or "\0" in path or parts[-2] not in _DIGITS:
        raise DataError(
            f"{printable(path)!r} is not an image in a class folder; give its path relative to the folder, such as "
            "3/image.png"
        )
    return int(parts[-2])


def _merged(folder: Path) -> list[Amendment]:
    found: list[Amendment] = []
    for journal in (folder / NAME, _own(folder)):
        try:
            found += _read(journal).decisions
        except (OSError, ValueError):
            continue  # reported by `complaints`
    return sorted(found, key=lambda each: each.time)


@dataclass(frozen=True)
class _AmendmentJournal:
    """One file of decisions."""

    content: dict[str, Any]
    """All that is in the file."""
    entries: list[Any]
    """Its decisions as JSON, those that nobody understands among them."""

    @functools.cached_property
    def _parsed(self) -> list[Amendment | None]:
        return [_decision(each) for each in self.entries]

    @property
    def decisions(self) -> list[Amendment]:
        """Those that are understood, in the order of the file."""
        return [each for each in self._parsed if each is not None]

    @property
    def foreign(self) -> list[Any]:
        """Those that are not."""
        return [entry for entry, parsed in zip(self.entries, self._parsed, strict=True) if parsed is None]

    @property
    def last_time(self) -> float:
        """When the last decision was made, in seconds since 1970; before all times if there is none."""
        decisions = self.decisions
        return decisions[-1].time if decisions else -math.inf

    def with_one(self, made: Amendment) -> _AmendmentJournal:
        """The journal with one more decision."""
        return _AmendmentJournal(self.content, [*self.entries, asdict(made)])

    def without_last(self) -> _AmendmentJournal:
        """The journal without the last decision that is understood; there must be one."""
        last = max(index for index, each in enumerate(self._parsed) if each is not None)
        return _AmendmentJournal(self.content, self.entries[:last] + self.entries[last + 1 :])

    def rewritten(self) -> dict[str, Any]:
        """The content for the file; nothing that was in it is lost."""
        return {"version": 1, **self.content, "decisions": self.entries}

    @property
    def is_empty(self) -> bool:
        """Whether the file says nothing, so that it can go."""
        return not self.entries and self.content.keys() <= {"version", "decisions"}


def _read(journal: Path) -> _AmendmentJournal:
    """Raises ValueError if the file is no journal, and OSError."""
    try:
        content = json_file.load(journal, _LARGEST)
    except (FileNotFoundError, NotADirectoryError):
        return _AmendmentJournal({}, [])
    entries = content.get("decisions")
    if not isinstance(entries, list):
        raise ValueError("no journal")
    return _AmendmentJournal(content, entries)


def _decision(entry: Any) -> Amendment | None:
    """The decision in one entry; None if it is damaged, or of a later version."""
    match entry:
        case {"path": str(path), "label": label, "was": int(was), "time": int() | float() as moment}:
            pass
        case _:
            return None
    if label is not None and (type(label) is not int or not 0 <= label <= 9):
        return None
    if type(was) is not int or type(moment) is bool or not 0 <= moment <= _LATEST:
        return None
    try:
        folder = _class_of(path)
    except DataError:
        return None
    return Amendment(path, label, was, float(moment)) if was == folder else None


def _readable(journal: Path) -> _AmendmentJournal:
    """The journal, to be written again; sets a file that is no journal aside first. Raises DataError."""
    try:
        return _read(journal)
    except ValueError:
        pass
    except OSError as error:
        raise DataError(f"{journal} cannot be read: {error.strerror}") from error
    try:
        damaged_file.set_aside(journal)
    except OSError as error:
        raise DataError(f"{journal} is damaged and cannot be renamed: {error.strerror}") from error
    return _AmendmentJournal({}, [])


def _write(path: Path, journal: _AmendmentJournal) -> None:
    if journal.is_empty:
        path.unlink(missing_ok=True)
        return
    atomic.write_text(path, json.dumps(journal.rewritten(), indent=0) + "\n")


def _not_saved(journal: Path, error: OSError) -> DataError:
    return DataError(
        f"the decision cannot be saved in {journal}: {error.strerror}; free some space or make the file writable"
    )


def _own(folder: Path) -> Path:
    try:
        whole = folder.resolve()
    except (OSError, RuntimeError):
        whole = folder.absolute()
    digest = hashlib.blake2b(os.fsencode(whole), digest_size=8).hexdigest()
    return paths.home() / "data" / "amendments" / f"{digest}.json"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock the folder itself, since other people, with other homes, may make decisions about it too."""
    with ExitStack() as held:
        try:
            held.enter_context(lock.locked(folder, make=False))
        except lock.NoLocksError:
            pass  # writes are still atomic
        except OSError as error:
            raise DataError(f"the folder {folder} cannot be opened: {error.strerror}") from error
        yield

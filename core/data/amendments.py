"""A person's decisions about single images of a folder: left out, or given another label. Changes no image.

The decisions are in a journal, `FOLDER/.digits-tui.json`, so that they move with the folder:

    {"version": 1, "decisions": [{"path": "3/a.png", "label": 8, "was": 3, "time": 1760000000.0}]}

A label of null leaves the image out; a label equal to `was` cancels an earlier decision. The last decision about an
image counts. If the folder cannot be written, the journal is in the user's own data; if both exist, they are merged in
order of time. A damaged journal is never overwritten: it is set aside.
"""

from __future__ import annotations

import errno
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
from core.printable import printable
from core.system import atomic, damaged_file, lock

NAME = ".digits-tui.json"
_NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)
_DIGITS = frozenset("0123456789")


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

    A journal that is damaged or cannot be read counts as empty; `complaints` reports it.
    """
    latest = {each.path: each for each in _merged(folder)}
    return {path: each for path, each in latest.items() if each.label != each.was}


def complaints(folder: Path) -> tuple[str, ...]:
    """Why existing decisions could not be read, one sentence each."""
    found = []
    for journal in (folder / NAME, _own(folder)):
        try:
            _decisions(journal)
        except OSError as error:
            found.append(f"The decisions of your check-up cannot be read: {journal}: {error.strerror}.")
        except ValueError:
            found.append(f"The decisions of your check-up, {journal}, are damaged and are ignored.")
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
        journals = [(journal, _readable(journal)) for journal in (folder / NAME, _own(folder))]
        journals.sort(key=lambda each: each[1][-1].time if each[1] else -math.inf, reverse=True)
        for journal, decisions in journals:
            if not decisions:
                continue
            try:
                _write(journal, decisions[:-1])
            except OSError as error:
                if error.errno in _NOT_WRITABLE:
                    continue  # another person's decision, in a folder that this user cannot write
                raise _not_saved(journal, error) from error
            return decisions[-1]
    return None


def _decide(folder: Path, path: str, label: int | None) -> Amendment:
    was = _class_of(path)
    with _locked(folder):
        earlier = _merged(folder)
        now = max(time.time(), math.nextafter(earlier[-1].time, math.inf) if earlier else 0.0)
        made = Amendment(path, label, was, now)
        try:
            _write(folder / NAME, [*_readable(folder / NAME), made])
        except OSError as error:
            if error.errno not in _NOT_WRITABLE:
                raise _not_saved(folder / NAME, error) from error
            own = _own(folder)
            try:
                paths.user_data()
                own.parent.mkdir(exist_ok=True)
                _write(own, [*_readable(own), made])
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
            found += _decisions(journal)
        except (OSError, ValueError):
            continue  # reported by `complaints`
    return sorted(found, key=lambda each: each.time)


def _decisions(journal: Path) -> list[Amendment]:
    """The decisions in one journal. Raises OSError, and ValueError if the file is not what this module writes."""
    try:
        content = json.loads(journal.read_bytes().decode())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    lines = content.get("decisions") if isinstance(content, dict) else None
    if not isinstance(lines, list):
        raise ValueError("no journal")
    return [_decision(line) for line in lines]


def _decision(line: Any) -> Amendment:
    if not isinstance(line, dict) or set(line) != {"path", "label", "was", "time"}:
        raise ValueError("no decision")
    path, label, moment = line["path"], line["label"], line["time"]
    if not isinstance(path, str) or type(moment) not in (int, float) or not math.isfinite(moment):
        raise ValueError("no decision")
    if label is not None and (type(label) is not int or not 0 <= label <= 9):
        raise ValueError("no decision")
    try:
        was = _class_of(path)
    except DataError as error:
        raise ValueError(str(error)) from error
    if type(line["was"]) is not int or line["was"] != was:
        raise ValueError("no decision")
    return Amendment(path, label, was, float(moment))


def _readable(journal: Path) -> list[Amendment]:
    """The journal's decisions, to be written again; sets a damaged journal aside first. Raises DataError."""
    try:
        return _decisions(journal)
    except ValueError:
        pass
    except OSError as error:
        raise DataError(f"{journal} cannot be read: {error.strerror}") from error
    try:
        damaged_file.set_aside(journal)
    except OSError as error:
        raise DataError(f"{journal} is damaged and cannot be renamed: {error.strerror}") from error
    return []


def _write(journal: Path, decisions: list[Amendment]) -> None:
    if not decisions:
        journal.unlink(missing_ok=True)
        return
    content = {"version": 1, "decisions": [asdict(each) for each in decisions]}
    atomic.write_text(journal, json.dumps(content, indent=0) + "\n")


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

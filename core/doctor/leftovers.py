"""What is left among the user's files: damaged files that were set aside, and parts of writes that were killed."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from core.doctor.diagnosis import Examined, fine, note
from core.doctor.path_text import path_text, remedy
from core.doctor.user_folders import entries, user_folders
from core.system import lock
from core.words import plural

_SET_ASIDE = re.compile(r".*\.damaged-[0-9]+(\..*)?")
_PART = re.compile(r"\..+\.part")
_BUILT = re.compile(r"\.(own|deleted)-[a-z0-9_]{8}")
"""A set that was being made, or runs that an app had deleted and was about to remove."""
_WRITING = 60.0
"""Seconds for which a file may be one that is being written now."""


def examine(catalogued: list[Path]) -> list[Examined]:
    """Lines on both; `catalogued` are the folders that a person added, whose top alone is looked at."""
    set_aside, parts = [], []
    for folder in (*user_folders(), *catalogued):
        for entry in entries(folder):
            if _SET_ASIDE.fullmatch(entry.name):
                set_aside.append(Path(entry.path))
            elif _PART.fullmatch(entry.name) or _BUILT.fullmatch(entry.name):
                parts.append(Path(entry.path))
    return [*_damaged(set_aside), *_killed([part for part in parts if not _is_being_written(part)])]


def _is_being_written(part: Path) -> bool:
    try:
        if time.time() - part.lstat().st_mtime < _WRITING:
            return True
        # A download locks the folder, any other writer what it writes, unless the file system has no locks.
        held = lock.take(part.parent if part.parent.name == "downloads" else part, make=False)
    except lock.NoLocksError:
        return False
    except OSError:
        return True  # it is gone: it was being written
    if held is not None:
        os.close(held)
    return held is None


def _damaged(files: list[Path]) -> list[Examined]:
    if not files:
        return [fine("set aside", "no damaged file was set aside")]
    words = f"{plural(len(files), 'damaged file was', 'damaged files were')} set aside"
    mend = remedy("Save what you can from the files that were set aside, then remove them", "rm", files)
    return [note("set aside", words, mend, [path_text(file) for file in files])]


def _killed(parts: list[Path]) -> list[Examined]:
    if not parts:
        return [fine("unfinished", "no write left anything behind")]
    words = f"{plural(len(parts), 'temporary file')} of killed writes {'is' if len(parts) == 1 else 'are'} left"
    mend = remedy("Remove what killed writes have left", "rm -r", parts)
    return [note("unfinished", words, mend, [path_text(part) for part in parts])]

"""Paths as the report shows them: the home folder as `~`, so that a report names no person. Opens no file."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from core.doctor.diagnosis import Remedy
from core.printable import printable

_MOST = 3
"""Paths that one command names."""
_DAMAGED = "~/digits-tui-damaged"
"""Where a command moves what is damaged."""


def path_text(path: str | Path) -> str:
    """The path with the home folder as `~`; not yet printable."""
    text = str(path)
    for home in _homes():
        if text == home:
            return "~"
        if text.startswith(f"{home}/"):
            return f"~{text[len(home) :]}"
    return text


def without_home(text: str) -> str:
    """A message with each mention of the home folder as `~`."""
    for home in _homes():
        text = text.replace(f"{home}/", "~/")
    return text


def remedy(action: str, verb: str, paths: Sequence[Path], last: str = "") -> Remedy:
    """An action with its command on `paths`, at most three of them: `rm ~/a '/b c'`. `last` follows the paths."""
    named = " ".join(_quoted(path_text(path)) for path in paths[:_MOST])
    others = len(paths) - _MOST
    more = f" (likewise {others:,} more, which --json names)" if others > 0 else ""
    return Remedy(f"{action}{more}:", printable(" ".join(filter(None, (verb, named, last)))))


def aside(action: str, paths: Sequence[Path]) -> Remedy:
    """The remedy that moves `paths` into a folder of their own, in which they stay."""
    return remedy(action, f"mkdir -p {_DAMAGED} && mv", paths, f"{_DAMAGED}/")


def _quoted(text: str) -> str:
    """For a shell, which must still replace the `~`."""
    if text == "~" or not text.startswith("~/"):
        return text if text == "~" else shlex.quote(text)
    return f"~/{shlex.quote(text[2:])}"


def _homes() -> list[str]:
    """The home folder as it is called and as it really is; none if there is no such person, or it is the root."""
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.expanduser raises for a person whom the system does not know
    if not home.startswith("/"):
        return []
    names = dict.fromkeys((home.rstrip("/"), os.path.realpath(home).rstrip("/")))
    return [each for each in names if each]

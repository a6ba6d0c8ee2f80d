"""Which versions of other packages the program needs, and whether one is among them. Installs nothing.

Only release numbers are compared, so `2.16.0.dev1` counts as 2.16.0, which `<2.16` excludes as pip does.
"""

from __future__ import annotations

import operator
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from itertools import zip_longest

from core import paths

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^]]*\])?\s*\(?([^;()]*)\)?")
_BOUND = re.compile(r"\s*(>=|<=|==|!=|<|>)\s*(\d+(?:\.\d+)*)\s*")
_RELEASE = re.compile(r"\s*v?(?:\d+!)?(\d+(?:\.\d+)*)")
_FITS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True)
class Requirement:
    """One package, and the versions of it that fit."""

    name: str
    bounds: str
    """Such as `>=2.6,<2.16`; empty if every version fits."""

    def allows(self, version: str) -> bool:
        """Whether the version is within all bounds; a bound of another form allows every version."""
        for bound in filter(None, self.bounds.split(",")):
            if match := _BOUND.fullmatch(bound):
                difference = _difference(version, match[2])
                if difference is None or not _FITS[match[1]](difference, 0):
                    return False
        return True


def requirements() -> list[Requirement]:
    """Those of the program itself, without what only its tests need.

    In a checkout as `pyproject.toml` says, of which the metadata may be older; otherwise as the installed package's
    metadata says. None if there is neither.
    """
    if paths.is_checkout():
        project = tomllib.loads(paths.shipped("pyproject.toml").read_text(encoding="utf-8"))["project"]
        return _parsed(project["dependencies"], project["requires-python"])
    try:
        found = metadata.metadata("digits-tui")
    except metadata.PackageNotFoundError:
        return []
    return _parsed(found.get_all("Requires-Dist") or [], *(found.get_all("Requires-Python") or [""]))


def _parsed(lines: list[str], python: str) -> list[Requirement]:
    matches = (_REQUIREMENT.match(line) for line in lines if ";" not in line)
    return [Requirement("Python", python), *(Requirement(m[1], m[2].replace(" ", "")) for m in matches if m)]


def _difference(version: str, bound: str) -> int | None:
    """Below 0, 0 or above 0 as `version` is older, the same or newer; None if it is no version."""
    if not (match := _RELEASE.match(version)):
        return None
    pairs = zip_longest(*([int(each) for each in text.split(".")] for text in (match[1], bound)), fillvalue=0)
    return next((one - other for one, other in pairs if one != other), 0)

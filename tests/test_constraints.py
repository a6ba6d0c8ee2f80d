"""The exact versions: one for each dependency, within the bounds that the package gives."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

_ROOT = Path(__file__).resolve().parent.parent


def _pins() -> dict[str, str]:
    lines = (_ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.lower().split("==") for line in lines if not line.startswith("#"))
    return {re.sub(r"[-_.]+", "-", name): version for name, version in pins.items()}


def test_each_dependency_has_an_exact_version_within_its_bounds() -> None:
    """Those of the program and those of its tests."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [Requirement(each) for each in [*project["dependencies"], *project["optional-dependencies"]["test"]]]
    pins = _pins()
    assert len(wanted) > 10
    for each in wanted:
        assert each.specifier.contains(pins[each.name.lower()]), f"{each} against {pins[each.name.lower()]}"


def test_the_versions_are_nothing_but_versions() -> None:
    """No address of a server, which would be that of whoever wrote the file."""
    lines = (_ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert all(line.startswith("#") or re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)

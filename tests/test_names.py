"""Names: no two classes share one, and a test file tells whose it is."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]


def test_no_two_classes_share_a_name() -> None:
    """Neither in one package nor across both: who reads a name knows which class it is."""
    places: dict[str, list[str]] = defaultdict(list)
    for package in ("core", "tui", "scripts"):
        for path in sorted((_ROOT / package).rglob("*.py")):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.ClassDef):
                    places[node.name].append(str(path.relative_to(_ROOT)))
    assert len(places) > 200
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


_WHOLE = {"constraints", "crashes", "fuzz", "many", "messages", "names", "packaging", "program", "readme", "wild"}
"""Test files about the whole program."""


def test_a_test_file_begins_with_the_package_it_tests() -> None:
    """The name of the package, or of a module which lies in none."""
    packages = {path.stem for root in ("core", "tui") for path in (_ROOT / root).iterdir()}
    files = [path.stem.removeprefix("test_") for path in (_ROOT / "tests").glob("test_*.py")]
    assert len(files) > 100
    assert [name for name in files if name.split("_")[0] not in packages | _WHOLE] == []

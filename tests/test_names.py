"""Names mean one thing: no two classes share one."""

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

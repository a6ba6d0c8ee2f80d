"""core.system.damaged_file: what cannot be read is kept under another name."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.system import damaged_file


@pytest.mark.parametrize("name", ["list.json", ".hidden.json"])
def test_each_gets_the_next_number(tmp_path: Path, name: str) -> None:
    """Nothing is written over, however often a file is damaged; its ending stays."""
    path = tmp_path / name
    assert damaged_file.before(path) == []
    kept = []
    for number in (1, 2):
        path.write_text(f"damage {number}")
        kept.append(damaged_file.set_aside(path))
        assert kept[-1].name == f"{path.stem}.damaged-{number}.json"
        assert not path.exists()
    assert damaged_file.before(path) == kept
    assert [each.read_text() for each in kept] == ["damage 1", "damage 2"]


def test_a_link_to_nothing_is_not_written_over(tmp_path: Path) -> None:
    """Its name is taken, though there is no file behind it."""
    (tmp_path / "list.damaged-1.json").symlink_to(tmp_path / "gone")
    (tmp_path / "list.json").write_text("damage")
    assert damaged_file.set_aside(tmp_path / "list.json").name == "list.damaged-2.json"


def test_what_is_not_there_cannot_be_set_aside(tmp_path: Path) -> None:
    """OSError, as documented."""
    with pytest.raises(FileNotFoundError):
        damaged_file.set_aside(tmp_path / "list.json")

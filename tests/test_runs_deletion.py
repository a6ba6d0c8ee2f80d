"""core.runs.deletion: runs that are deleted, and brought back until the app closes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from run_story import ended_run

from core import paths
from core.doctor import leftovers
from core.errors import RunError
from core.runs import preferences
from core.runs.deletion import Deletions
from core.runs.run import Run, find_run, list_runs
from core.runs.writer import RunWriter


def runs() -> list[Run]:
    """Three, oldest first."""
    return [ended_run(f"2026-01-{day}-100000-mnist-fast") for day in (29, 30, 31)]


def files(run: Run) -> dict[str, bytes]:
    """What is in its directory."""
    return {path.name: path.read_bytes() for path in run.path.iterdir()}


def test_what_was_deleted_last_comes_back_first() -> None:
    """Whole; and after the close all the rest is gone for good."""
    first, second, third = runs()
    before = files(second)
    deletions = Deletions()
    assert not deletions.can_undo and deletions.undo() == []
    deletions.delete([first], None)
    deletions.delete([second, third], None)
    assert list_runs() == []
    assert set(deletions.undo()) == {second, third} and deletions.can_undo
    assert {name: data for name, data in files(second).items() if name != "lock"} == {
        name: data for name, data in before.items() if name != "lock"
    }
    deletions.delete([third], None)
    deletions.close()
    assert list_runs() == [second] and not deletions.can_undo
    assert list(paths.user_checkpoints().iterdir()) == [second.path]


def test_a_run_that_is_going_is_not_deleted_nor_are_others_with_it() -> None:
    """All or none."""
    first, second, _ = runs()
    deletions = Deletions()
    with RunWriter(second), pytest.raises(RunError, match="is going; stop it"):
        deletions.delete([first, second], None)
    assert len(list_runs()) == 3 and not deletions.can_undo
    deletions.close()


@pytest.mark.parametrize("kept", [True, False])
def test_the_network_that_reads_drawings_is_not_deleted(kept: bool) -> None:
    """Neither the one that was kept nor the one that reads for now."""
    first, second, _ = runs()
    if kept:
        preferences.keep(second.model)
    deletions = Deletions()
    with pytest.raises(RunError, match="choose another network"):
        deletions.delete([first, second], None if kept else second.model)
    assert len(list_runs()) == 3
    deletions.close()


def test_what_cannot_be_moved_stays_with_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that refuses the second move has the first one undone."""
    first, second, third = runs()
    rename = Path.rename

    def refused(path: Path, target: Path) -> Path:
        if path == second.path:
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refused)
    deletions = Deletions()
    with pytest.raises(RunError, match="cannot be deleted: Permission denied"):
        deletions.delete([first, second, third], None)
    assert len(list_runs()) == 3 and not deletions.can_undo
    deletions.close()


def test_two_apps_delete_beside_each_other() -> None:
    """Neither removes what the other may still bring back; what a killed one has left is removed, and told before."""
    first, second, third = runs()
    one, other = Deletions(), Deletions()
    one.delete([first], None)
    other.delete([second], None)
    one.close()
    assert other.undo() == [second]
    other.delete([second], None)
    killed = Deletions()
    killed.delete([third], None)
    assert killed._folder is not None
    # A killed process holds no lock: its folder is one that nobody has locked.
    left = killed._folder.rename(paths.user_checkpoints() / ".deleted-0a1b2c3d")
    killed.close()
    left.mkdir(exist_ok=True)
    other.close()
    os.utime(left, (0, 0))
    assert any("temporary" in line.words for line in leftovers.examine([]))
    fourth = ended_run("2026-02-01-100000-mnist-fast")
    last = Deletions()
    last.delete([fourth], None)
    assert not left.exists()
    last.close()
    assert list_runs() == []


def test_only_runs_of_the_person_are_deleted(tmp_path: Path) -> None:
    """Not a folder that has a config.json, nor, through a link, the network that reads drawings."""
    first, *_ = runs()
    project = tmp_path / "project"
    project.mkdir()
    (project / "config.json").write_text("{}")
    linked = tmp_path / "linked"
    linked.symlink_to(first.path.parent)
    preferences.keep(first.model)
    deletions = Deletions()
    for run, why in ((Run(project), "not among your runs"), (Run(linked / first.name), "choose another")):
        with pytest.raises(RunError, match=why):
            deletions.delete([run], None)
    assert (project / "config.json").exists() and first.path.exists()
    for name in ("", " "):
        with pytest.raises(RunError, match="is empty"):
            find_run(name)
    deletions.close()

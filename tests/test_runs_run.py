"""core.runs.run: how a run is made, found and asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config.configuration import TrainingConfig
from core.errors import RunError
from core.runs.run import create_run, find_run, list_runs
from core.runs.writer import RunWriter


def test_many_who_ask_do_not_take_each_other_for_the_writer() -> None:
    """Looking whether a run is going does not make it look as if it were."""
    run = create_run(TrainingConfig())
    with RunWriter(run):
        pass
    with (run.path / "lock").open("rb") as file:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_SH)
        assert not run.is_running()


def test_runs_are_listed_newest_first_and_found_by_name() -> None:
    """A whole name, a unique beginning, a path and `last` find a run; anything else says what there is."""
    with pytest.raises(RunError, match="digits-tui train"):
        find_run("last")
    first = create_run(TrainingConfig())
    first.path.rename(first.path.with_name("2020-01-01-000000-mnist-fast"))
    second = create_run(TrainingConfig(recipe="accurate"))
    assert [run.name for run in list_runs()] == [second.name, "2020-01-01-000000-mnist-fast"]
    assert find_run("last") == second
    assert find_run("2020").name == "2020-01-01-000000-mnist-fast"
    assert find_run(str(second.path)) == second
    with pytest.raises(RunError, match="digits-tui runs"):
        find_run("nothing")
    with pytest.raises(RunError, match="give more"):
        find_run("20")


def test_two_runs_of_one_second_get_two_directories() -> None:
    """Names never collide."""
    assert len({create_run(TrainingConfig()).path for _ in range(5)}) == 5


def test_a_damaged_configuration_is_said(tmp_path: Path) -> None:
    """The file is named."""
    run = create_run(TrainingConfig())
    (run.path / "config.json").write_text("{")
    with pytest.raises(RunError, match=r"config\.json"):
        run.config()


def test_one_odd_folder_does_not_hide_the_runs(tmp_path: Path) -> None:
    """A link in a circle, a file and an empty folder are no runs."""
    run = create_run(TrainingConfig())
    (run.path.parent / "circle").symlink_to(run.path.parent / "circle")
    (run.path.parent / "file").touch()
    (run.path.parent / "folder").mkdir()
    assert list_runs() == [run]

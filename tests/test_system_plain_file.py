"""core.system.plain_file, and every reader of files that somebody else may have put there: none waits."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import numpy as np
import pytest

from core import paths
from core.config.configuration import TrainingConfig
from core.data import additions, amendments, cache, own_sets
from core.data.own import drawings, exchange, own_set
from core.drawing import draft
from core.drawing.ink import Stroke
from core.errors import DataError, RunError
from core.runs import launch, preferences
from core.runs.follow import EventReader
from core.runs.outline import RunOutline
from core.runs.run import create_run, list_runs
from core.runs.writer import RunWriter
from core.system import json_file, lock, plain_file

SPECIAL = ["pipe", "device", "socket"]


def _special(path: Path, kind: str) -> None:
    """Put something at `path` that can be opened and never ends, or never begins."""
    path.unlink(missing_ok=True)
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case _:
            here = Path.cwd()
            os.chdir(path.parent)  # the name of a socket may have a hundred characters
            try:
                with socket.socket(socket.AF_UNIX) as made:
                    made.bind(path.name)  # the name stays when it is closed
            finally:
                os.chdir(here)


@pytest.fixture(params=SPECIAL)
def kind(request: pytest.FixtureRequest) -> str:
    """What is in the place of a file."""
    return str(request.param)


def test_it_is_said_what_it_is(tmp_path: Path, kind: str) -> None:
    """To read and to append alike; a folder and a file that is missing are the usual errors."""
    _special(tmp_path / "it", kind)
    for opening in (plain_file.opened, plain_file.appended, plain_file.read_bytes):
        with pytest.raises(OSError, match="not a file but a pipe, a device or a socket"):
            opening(tmp_path / "it")
    with pytest.raises(IsADirectoryError):
        plain_file.opened(tmp_path)
    with pytest.raises(FileNotFoundError):
        plain_file.opened(tmp_path / "none")


def test_a_file_is_read_and_appended_to(tmp_path: Path) -> None:
    """With the permissions of any new file."""
    with plain_file.appended(tmp_path / "it") as file:
        file.write(b"one")
    with plain_file.appended(tmp_path / "it", buffering=0) as file:
        file.write(b" two")
    assert plain_file.read_bytes(tmp_path / "it") == b"one two"
    (tmp_path / "other").touch()
    assert (tmp_path / "it").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_no_file_of_a_run_is_waited_for(kind: str) -> None:
    """The run is listed; it can be neither written nor started."""
    run = create_run(TrainingConfig())
    for name in ("events.jsonl", "summary.json", "log.txt", "lock"):
        _special(run.path / name, kind)
    assert list_runs() == [run]
    assert run.status() in ("unknown", "running")
    assert EventReader(run).read() == []
    assert RunOutline.of(run).trouble
    assert not lock.is_held(run.path / "lock") or kind == "socket"
    with pytest.raises(RunError), RunWriter(run):
        pytest.fail("it was opened")
    with pytest.raises(RunError, match="cannot start"):
        launch.start_run(run)
    _special(run.path / "config.json", kind)
    with pytest.raises(RunError, match="cannot be used"):
        run.config()


def test_no_file_of_decisions_is_waited_for(kind: str, tmp_path: Path) -> None:
    """They count as unreadable."""
    paths.user_checkpoints()
    data = paths.user_data()
    (data / "own").mkdir()
    (data / "cache").mkdir()
    for file in (preferences.file(), additions.file(), own_set.active_file(), data / "own" / "set.json"):
        _special(file, kind)
    _special(tmp_path / amendments.NAME, kind)
    assert preferences.checkpoint() is None and preferences.complaints()
    lines, notes = additions.read()
    assert not lines and "cannot be read" in notes[0]
    assert own_sets.active().name == "own"
    assert amendments.complaints(tmp_path)
    assert json_file.read(preferences.file()) == {}
    cache.write(Path("/nowhere/it.npz"), {"images": np.zeros(3)})
    (stored,) = (data / "cache").iterdir()
    _special(stored, kind)
    assert cache.read(Path("/nowhere/it.npz")) is None


def test_no_file_of_an_own_set_is_waited_for(kind: str, tmp_path: Path) -> None:
    """A drawing without its strokes is a drawing; the set can be exported."""
    own = own_sets.active()
    drawing = drawings.keep(own, 3, np.full((20, 20), 9, np.uint8), [Stroke(3.0, points=[(1.0, 1.0)])])
    _special(drawing.path.with_suffix(".json"), kind)
    assert drawings.strokes_of(drawing) == ()
    assert exchange.export(own, tmp_path / "folder") == 1
    assert exchange.export(own, tmp_path / "archive.npz") == 1
    _special(drawings.journal_file(own), kind)
    assert drawings.last(own) is None
    with pytest.raises(DataError, match="not a file but a pipe"):
        drawings.keep(own, 4, np.full((20, 20), 9, np.uint8), [])
    _special(tmp_path / "draft.json", kind)
    assert draft.read(tmp_path / "draft.json") is None

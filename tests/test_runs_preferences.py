"""The choice of a model that outlasts the app, and the question that waits for an answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core import paths
from core.config.configuration import TrainingConfig
from core.errors import CheckpointError
from core.runs import preferences
from core.runs.run import Run, create_run


@pytest.fixture
def run() -> Run:
    """A run with a model."""
    made = create_run(TrainingConfig())
    made.model.touch()
    return made


def test_a_kept_model_is_found_again_and_forgotten(run: Run) -> None:
    """Before anything is kept, and after it is forgotten, it is the shipped one."""
    assert preferences.checkpoint() is None
    preferences.keep(run.model)
    assert preferences.checkpoint() == run.model
    preferences.forget()
    assert preferences.checkpoint() is None


def test_a_model_of_elsewhere_can_be_kept(tmp_path: Path) -> None:
    """Its path is kept as it is."""
    path = tmp_path / "a model.npz"
    path.touch()
    preferences.keep(path)
    assert preferences.checkpoint() == path


def test_a_kept_model_moves_with_the_folder_of_runs(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever moves their home keeps the choice."""
    preferences.keep(run.model)
    preferences.await_answer(run.path)
    moved = tmp_path / "moved"
    paths.home().rename(moved)
    monkeypatch.setenv("DIGITS_HOME", str(moved))
    assert preferences.checkpoint() == moved / "checkpoints" / run.name / "model.npz"
    assert preferences.unanswered_run() == moved / "checkpoints" / run.name


def test_a_model_that_was_deleted_is_the_shipped_one(run: Run) -> None:
    """And a run that was deleted asks nothing any more."""
    preferences.keep(run.model)
    preferences.await_answer(run.path)
    run.model.unlink()
    assert preferences.checkpoint() is None and preferences.unanswered_run() == run.path
    for path in run.path.iterdir():
        path.unlink()
    run.path.rmdir()
    assert preferences.unanswered_run() is None


def test_the_question_and_the_model_are_kept_apart(run: Run) -> None:
    """Answering leaves the model, forgetting the model leaves the question."""
    preferences.keep(run.model)
    preferences.await_answer(run.path)
    preferences.forget()
    assert preferences.unanswered_run() == run.path
    preferences.keep(run.model)
    preferences.answered()
    assert preferences.unanswered_run() is None and preferences.checkpoint() == run.model


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000, b'{"checkpoint": 7, "lesson": ["x"]}',
     json.dumps({"checkpoint": "a\0b", "lesson": "x" * 5000}).encode()],
)  # fmt: skip
def test_a_damaged_file_costs_the_choice_and_nothing_else(run: Run, content: bytes) -> None:
    """It reads as none, and is written over by the next choice."""
    (paths.user_checkpoints() / "kept.json").write_bytes(content)
    assert preferences.checkpoint() is None and preferences.unanswered_run() is None
    preferences.keep(run.model)
    assert preferences.checkpoint() == run.model


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(run: Run) -> None:
    """With the reason, and what to do."""
    paths.user_checkpoints().chmod(0o500)
    try:
        with pytest.raises(CheckpointError, match=r"Permission denied.*make it writable"):
            preferences.keep(run.model)
    finally:
        paths.user_checkpoints().chmod(0o700)


def test_a_full_disk_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The choice of before is still there."""
    preferences.keep(run.model)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CheckpointError, match="No space left on device"):
        preferences.forget()
    assert preferences.checkpoint() == run.model


def test_reading_the_choice_loads_nothing_heavy() -> None:
    """The app asks for it before its first screen."""
    code = (
        "import sys\nfrom core.runs import preferences\npreferences.checkpoint()\n"
        "print(sorted({'numpy', 'PIL', 'torch', 'textual'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_a_later_version_prefers_is_kept(run: Run) -> None:
    """Also beside values that are damaged, which count as none."""
    file = paths.user_checkpoints() / "kept.json"
    file.write_text(json.dumps({"colours": {"pad": ["red"]}, "checkpoint": 5, "lesson": "\\ud800"}))
    assert preferences.checkpoint() is None and preferences.unanswered_run() is None
    preferences.keep(run.model)
    assert json.loads(file.read_text())["colours"] == {"pad": ["red"]}
    assert preferences.checkpoint() == run.model

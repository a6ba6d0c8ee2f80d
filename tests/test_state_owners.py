"""What outlives a screen: one `FollowedRun` for all who follow a run, and state that says when it is another."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest
from run_story import new_run, story, write
from textual.app import App

from core import paths
from core.errors import DigitsError
from core.runs import launch, preferences
from core.runs.follow import EventReader
from core.runs.writer import RunWriter
from tui.processes.followed_run import STARTING
from tui.processes.run_list import RunList
from tui.state.owners import Owners

NAME = "2026-01-31-142500-mnist-fast"


class Bare(App[None]):
    """An app without a screen of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.owners = Owners.of(self)


def test_all_who_follow_a_run_share_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its events are read once, by whoever looks first; the others see by the version that there is something new."""
    read = EventReader.read
    lines: list[int] = []

    def counted(reader: EventReader) -> Any:
        found = read(reader)
        lines.append(len(found))
        return found

    monkeypatch.setattr(EventReader, "read", counted)
    run, told = new_run(NAME), list(story(6, 60))
    runs = Bare().owners.runs
    with RunWriter(run) as writer:
        for event in told:
            writer.append(event)
        followed = runs.follow(run)
        before = followed.version
        [listed] = RunList(runs.follow).look(10)
        assert listed.result.startswith("epoch 2 of 6") and followed.history.step == 60
        assert followed.version > before
        before = followed.version
        followed.look()
        assert followed.version == before and sum(lines) == len(told)
        assert runs.follow(run) is followed


def test_a_run_that_nobody_follows_any_more_is_forgotten() -> None:
    """An app that is open for days holds no history of runs that nobody looks at."""
    run = write(new_run(NAME), story(6, 60))
    runs = Bare().owners.runs
    followed = runs.follow(run)
    followed.look()
    del followed
    gc.collect()
    assert runs.follow(run).version == 0


async def test_a_run_counts_as_starting_until_its_process_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """For all who follow it, also for those who began before it was started."""

    class Process:
        def wait(self) -> int:
            return 0

    monkeypatch.setattr(launch, "start_run", lambda run, *, resume: Process())
    run = write(new_run(NAME), story(6, 60))
    app = Bare()
    async with app.run_test():
        followed = app.owners.runs.follow(run)
        followed.look()
        assert not followed.is_going
        app.owners.runs.resume(run)
        followed.look()
        assert followed.state == STARTING and app.owners.runs.is_going(run)
        app.owners.runs.ended(run, 0)
        followed.look()
        assert not followed.is_going and not app.owners.runs.is_going(run)


async def test_whoever_subscribes_is_told_of_what_is_new() -> None:
    """Of each owner, with what it holds now."""
    app = Bare()
    told: list[tuple[str, object]] = []

    def note(name: str) -> Callable[[object], None]:
        return lambda value: told.append((name, value))

    async with app.run_test() as pilot:
        owners, run = app.owners, new_run(NAME)
        owners.runs.changed.subscribe(app, note("run"))
        owners.model.changed.subscribe(app, note("model"))
        owners.pinned.changed.subscribe(app, note("pinned"))
        owners.runs.choose(run)
        owners.runs.choose(run)  # which goes on
        owners.model.use(run.model)
        owners.pinned.unpin()
        await pilot.pause()
        assert told == [("run", run), ("run", run), ("model", run.model), ("pinned", None)]
        assert (owners.runs.current, owners.model.checkpoint, owners.pinned.bitmap) == (run, run.model, None)


def test_a_chosen_model_is_kept_unless_a_run_still_writes_it() -> None:
    """The shipped one forgets the choice; what cannot be kept reads all the same."""
    model, run = Bare().owners.model, new_run(NAME)
    run.model.touch()
    model.choose(run.model)
    assert model.checkpoint == run.model == preferences.checkpoint()
    model.choose(paths.shipped_checkpoint())
    assert model.checkpoint is None and preferences.checkpoint() is None
    with RunWriter(run):
        model.choose(run.model)
    assert model.checkpoint == run.model and preferences.checkpoint() is None
    folder = paths.user_checkpoints()
    kept = folder / "kept.json"
    kept.unlink(missing_ok=True)
    kept.mkdir()
    with pytest.raises(DigitsError):
        model.choose(run.model)
    assert model.checkpoint == run.model

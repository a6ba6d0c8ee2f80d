"""core.runs.outline: a glance at a run tells what its whole story would, and survives any damage."""

from __future__ import annotations

import pytest
from run_story import accuracy, ended_run, interrupted_run, new_run, story, write

from core.config.configuration import TrainingConfig
from core.runs import events
from core.runs.follow import EventReader
from core.runs.history import History
from core.runs.outline import RunOutline
from core.runs.run import FAILED, FINISHED, RUNNING, STOPPED, UNKNOWN, Run
from core.runs.writer import RunWriter


def outline(run: Run) -> RunOutline:
    """That of a run."""
    return RunOutline.of(run)


def test_a_finished_run() -> None:
    """State, data, recipe and figures are those of its story."""
    found = outline(ended_run("one"))
    assert (found.state, found.data, found.recipe) == (FINISHED, "mnist", "fast")
    assert found.best_validation_accuracy == accuracy(4)
    assert (found.test_accuracy, found.seconds) == (0.9923, 72.0)


def test_an_interrupted_run_has_the_figures_of_its_epochs() -> None:
    """What no summary says is taken from the events, and equals what the whole history says."""
    run = interrupted_run("one", until=100)
    found, history = outline(run), History()
    for event in EventReader(run).read():
        history.feed(event)
    assert found.state == STOPPED and found.test_accuracy is None
    assert history.best is not None
    assert found.best_validation_accuracy == history.best.validation_accuracy
    assert found.seconds == history.epochs[-1].seconds


def test_a_running_and_a_failed_run() -> None:
    """While a process writes it is running, whatever stands in its folder; a failure is one."""
    run = new_run("one")
    with RunWriter(run) as writer:
        for event in story(6, 40):
            writer.append(event)
        assert outline(run).state == RUNNING
        writer.append(events.Failed("why"))
    found = outline(run)
    assert found.state == FAILED and found.best_validation_accuracy == accuracy(1)


def test_data_by_path_is_shown_by_its_last_part() -> None:
    """A whole path would fill the list."""
    assert outline(new_run("one", TrainingConfig(data="/home/ada/my digits"))).data == "my digits"


def test_a_run_that_only_began_has_no_figures() -> None:
    """Nothing is known, and nothing is made up."""
    found = outline(new_run("one"))
    assert (found.best_validation_accuracy, found.test_accuracy, found.seconds) == (None, None, None)


@pytest.mark.parametrize(
    "config",
    ["", "{", "[]", "null", '{"data": 5}', '{"recipe": []}', '{"epochs": "3"}', '{"device": 0}', "[" * 100_000],
)
def test_a_damaged_configuration_costs_only_what_was_asked_for(config: str) -> None:
    """The run is listed with its figures, and with why the rest cannot be read."""
    run = ended_run("one")
    (run.path / "config.json").write_text(config)
    found = outline(run)
    assert found.trouble.startswith("config.json: ")
    assert (found.state, found.data, found.test_accuracy) == (FINISHED, "?", 0.9923)


def test_what_a_later_version_asked_for_is_listed() -> None:
    """Its data set is known, though its recipe is not; nothing of it can steer a terminal."""
    run = ended_run("one")
    (run.path / "config.json").write_text('{"data": "/home/ada/my\\u001b[2J \\ud800digits", "recipe": "instant"}')
    found = outline(run)
    assert (found.data, found.recipe) == ("my�[2J �digits", "instant")
    assert found.trouble.startswith("config.json: recipe is 'instant'; it must be one of fast")


@pytest.mark.parametrize(
    ("summary", "state", "why"),
    [
        ('{"status": "paused"}', UNKNOWN, "its status is 'paused', which this version does not know"),
        ('{"status": ["finished"]}', UNKNOWN, "its status is ['finished']"),
        ('{"status": "finished"}', FINISHED, "a 'finished' event lacks test_accuracy"),
        ('{"status": "stopped", "event": "failed", "error": "x"}', STOPPED, "its event is 'failed'"),
        ("[]", UNKNOWN, "it holds a JSON list"),
        ("\ufeff{", UNKNOWN, "it is not JSON"),
    ],
)
def test_an_ending_that_cannot_be_read_is_said(summary: str, state: str, why: str) -> None:
    """Also one that a later version may have written."""
    run = interrupted_run("one")
    (run.path / "summary.json").write_text(summary, encoding="utf-8")
    found = outline(run)
    assert found.state == run.status() == state
    assert why in found.trouble
    assert run.is_resumable() == (state != FINISHED)


@pytest.mark.parametrize(
    "summary",
    ["{", "[]", '{"status": 5}', '{"status": "finished", "seconds": "x", "test_accuracy": [1]}',
     '{"status": "finished", "seconds": 1' + "0" * 400 + "}"],
    ids=["half", "list", "status", "types", "huge"],
)  # fmt: skip
def test_a_damaged_summary_costs_only_its_figures(summary: str) -> None:
    """The run is still listed."""
    run = write(new_run("one"), story(6, 80))
    (run.path / "summary.json").write_text(summary)
    found = outline(run)
    assert found.data == "mnist" and found.test_accuracy is None


def test_damaged_lines_of_events_are_passed_over() -> None:
    """The good epochs before and after them count."""
    run = interrupted_run("one", until=80)
    with run.events.open("a") as file:
        for rest in ("", ',"validation_accuracy":"x"}', ',"validation_accuracy":[],"seconds":1}', "}",
                     ',"validation_accuracy":0.5,"seconds":1' + "0" * 400 + "}"):  # fmt: skip
            file.write('{"event":"epoch"' + rest + "\n")
    assert outline(run).best_validation_accuracy == accuracy(2)

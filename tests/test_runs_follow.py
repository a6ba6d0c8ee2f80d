"""core.runs.follow: whole lines, each of them once."""

from __future__ import annotations

import json
import time

from test_runs_events import progress, started

from core.config.configuration import TrainingConfig
from core.runs import events
from core.runs.follow import EventReader, follow
from core.runs.run import create_run
from core.runs.writer import RunWriter


def test_events_are_read_once_and_only_when_whole() -> None:
    """A growing file gives each event once; half a line waits for its other half."""
    run = create_run(TrainingConfig())
    reader = EventReader(run)
    assert reader.read() == []
    with RunWriter(run) as writer:
        writer.append(started())
        assert [event.kind for event in reader.read()] == ["started"]
        line = json.dumps(progress(1, (1.0,)).to_json()).encode() + b"\n"
        with run.events.open("ab") as file:
            file.write(line[:20])
            file.flush()
            assert reader.read() == []
            file.write(line[20:])
    assert [event.kind for event in reader.read()] == ["progress"]
    assert reader.read() == []


def test_half_a_line_of_a_killed_run_spoils_nothing() -> None:
    """Whoever goes on starts a line of its own, and readers pass the torn one over."""
    run = create_run(TrainingConfig())
    with RunWriter(run) as writer:
        writer.append(started())
    with run.events.open("ab") as file:
        file.write(b'{"event":"progr')
    with RunWriter(run) as writer:
        writer.append(started(step=10))
    found = EventReader(run).read()
    assert [event.kind for event in found] == ["started", "started"]


def test_follow_ends_with_the_run() -> None:
    """All events are yielded, also those written just before the end."""
    run = create_run(TrainingConfig())
    with RunWriter(run) as writer:
        writer.append(started())
        following = follow(run, interval=0.01)
        assert next(following).kind == "started"
        writer.append(events.Failed(error="why"))
    began = time.monotonic()
    assert [event.kind for event in following] == ["failed"]
    assert time.monotonic() - began < 30

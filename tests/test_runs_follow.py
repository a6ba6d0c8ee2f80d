"""core.runs.follow: whole lines, each of them once."""

from __future__ import annotations

import json
import time

import pytest
from test_runs_events import progress, started

from core.config.configuration import TrainingConfig
from core.runs import event_lines, events
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


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"[" * 100_000, "nested too deeply"),
        (b'{"event":"note","text":"' + b"x" * (event_lines.LONGEST + 1) + b'"}', "longer than 4 MiB"),
        (b'{"event":"saved","step":1' + b"0" * 5000 + b"}", "line 2"),
        (b"\xff\xfe\x00", "line 2"),
        (bytes(4096), "line 2"),
    ],
    ids=["nested", "long", "huge number", "no UTF-8", "zeros"],
)
def test_what_is_no_event_is_said_and_the_rest_is_read(line: bytes, why: str) -> None:
    """As a full disk, an editor or a power cut may leave it."""
    run = create_run(TrainingConfig())
    good = json.dumps(progress(1, (1.0,)).to_json()).encode()
    run.events.write_bytes(good + b"\n" + line + b"\n" + good + b"\n")
    reader = EventReader(run)
    found = reader.read()
    assert [event.kind for event in found] == ["progress", "note", "progress"]
    assert isinstance(found[1], events.Note) and why in found[1].text
    assert reader.read() == []


def test_half_a_long_line_waits() -> None:
    """A line without an end is not read yet, however long it is."""
    run = create_run(TrainingConfig())
    run.events.write_bytes(b"x" * (2 * event_lines.LONGEST))
    reader = EventReader(run)
    assert reader.read() == []
    with run.events.open("ab") as file:
        file.write(b"\n" + json.dumps(progress(1, (1.0,)).to_json()).encode() + b"\n")
    assert [event.kind for event in reader.read()] == ["note", "progress"]

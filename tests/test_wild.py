"""A minute of `python -m tests.wild`: whatever is typed or clicked, the program goes on, and can be left."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from tests.wild.events import WildEvent, wild_events
from tests.wild.shortening import shortened
from tests.wild.walk import walk

_EVENTS = 600
_SEED = 20


def test_a_wild_user_breaks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No crash, no stuck or empty screen; at the end no process is left, and the terminal is as it was."""
    monkeypatch.chdir(tmp_path)  # what is typed as a path is a path in there
    result = walk(islice(wild_events(_SEED), _EVENTS), tmp_path, training=False)
    assert not result.failure, f"event {result.done} of `--seed {_SEED}`: {result.failure}"
    assert result.done == _EVENTS


def test_a_walk_can_be_done_again_and_made_shorter() -> None:
    """The same seed makes the same events, also from a file; of a failing walk only what it takes is kept."""
    events = list(islice(wild_events(7), 300))
    assert events == list(islice(wild_events(7), 300)) != list(islice(wild_events(8), 300))
    assert [WildEvent.from_json(event.to_json()) for event in events] == events
    needed = {events[40], events[200]}
    assert set(shortened(events, lambda some: needed <= set(some))) == needed

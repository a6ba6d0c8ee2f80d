"""The events of a run, read while another process writes them. Knows no torch."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from core.runs import events
from core.runs.run import Run


class EventReader:
    """Reads a growing `events.jsonl`, each line once and only when it is complete."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._offset = 0

    def read(self) -> list[events.Event]:
        """The events added since the last call; lines that are not events are skipped."""
        try:
            with self.run.events.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except OSError:
            return []  # not there yet, or not readable
        complete = data.rfind(b"\n") + 1
        self._offset += complete
        found = []
        for line in data[:complete].splitlines():
            try:
                event = events.from_json(json.loads(line))
            except (ValueError, AttributeError, TypeError, RecursionError):
                continue  # half a line of a killed run
            if event is not None:
                found.append(event)
        return found


def follow(run: Run, interval: float = 0.2) -> Iterator[events.Event]:
    """Yield the run's events, old and new, until it is no longer running and all of them are read.

    `interval` is in seconds. Blocks between events; the interface uses `EventReader` on a timer instead.
    """
    reader = EventReader(run)
    while True:
        alive = run.is_running()  # checked before reading, so that the last lines are not missed
        yield from reader.read()
        if not alive:
            return
        time.sleep(interval)

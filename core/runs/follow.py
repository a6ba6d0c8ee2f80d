"""The events of a run, read while another process writes them. Knows no torch."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from core.runs import event_lines, events
from core.runs.run import Run
from core.system import plain_file


class EventReader:
    """Reads a growing `events.jsonl`, each line once and only when it is complete."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._offset = 0
        self._lines = 0
        self._is_damaged = False

    def read(self) -> list[events.Event]:
        """The events added since the last call.

        Lines that are not events are passed over, and the first of them is named in a note. Half a line, which a killed
        run leaves, is no damage.
        """
        found: list[events.Event] = []
        try:
            with plain_file.opened(self.run.events) as file:
                file.seek(self._offset)
                for line, self._offset in event_lines.whole_lines(file):
                    self._lines += 1
                    found += self._events_of(line)
        except OSError:
            pass  # not there yet, or not readable
        return found

    def _events_of(self, line: bytes | None) -> list[events.Event]:
        try:
            if line is None:
                raise ValueError(f"it is longer than {event_lines.LONGEST >> 20} MiB")
            event = events.from_json(_parsed(line))
        except ValueError as error:
            if self._is_damaged or (line is not None and _is_half(line)):
                return []
            self._is_damaged = True
            return [events.Note(self._damage(str(error)), level="warning")]
        return [] if event is None else [event]

    def _damage(self, why: str) -> str:
        return (
            f"line {self._lines:,} of {self.run.events.name} cannot be read: {why}. It is passed over, as are any "
            "others like it; what they told is not shown."
        )


def _parsed(line: bytes) -> object:
    """Raises ValueError if the line is not JSON."""
    try:
        return json.loads(line)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _is_half(line: bytes) -> bool:
    """Whether the line begins as an event and breaks off, or is empty."""
    text = line.strip()
    return not text or (b'{"event":"'.startswith(text[:10]) and not text.endswith(b"}"))


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

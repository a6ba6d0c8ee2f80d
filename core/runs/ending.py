"""How a run ended, as its `summary.json` says, which may be damaged or of a later version. Knows no torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.printable import abridged
from core.runs import events
from core.system import json_file

End = events.Finished | events.Stopped | events.Failed

RUNNING, FINISHED, STOPPED, FAILED = "running", "finished", "stopped", "failed"

UNKNOWN = "unknown"
"""The status of a run that has ended, but nobody can read how."""


@dataclass(frozen=True)
class Ending:
    """What is known of a run's end."""

    status: str
    """`finished`, `stopped`, `failed`, or `unknown` if it cannot be read."""
    event: End | None
    """The run's last event; None if it cannot be read in full."""
    trouble: str = ""
    """Why something cannot be read; empty if all can."""


def status_of(ending: Ending | None, running: bool = False) -> str:
    """The status of a run that ended so: without an ending it runs, or else it was killed and has stopped."""
    if ending is not None:
        return ending.status
    return RUNNING if running else STOPPED


def read(path: Path) -> Ending | None:
    """The ending in the file at `path`; None if there is no such file."""
    try:
        summary = json_file.load(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        return Ending(UNKNOWN, None, error.strerror or str(error))
    except ValueError as error:
        return Ending(UNKNOWN, None, str(error))
    status = summary.get("status")
    if status not in (FINISHED, STOPPED, FAILED):
        return Ending(UNKNOWN, None, f"its status is {abridged(status)}, which this version does not know")
    try:
        event = events.from_json({"event": status, **summary})
    except ValueError as error:
        return Ending(status, None, str(error))
    if not isinstance(event, End) or event.kind != status:
        return Ending(status, None, f"its event is {abridged(summary['event'])}, not {status}")
    return Ending(status, event)

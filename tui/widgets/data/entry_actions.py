"""Which actions apply to a data set, judged by its catalogue entry and its details."""

from __future__ import annotations

from core.data import catalogue
from core.data.catalogue import Availability, Entry
from core.data.details import DataDetails


def needs_download(entry: Entry) -> bool:
    """Whether the set must be downloaded first."""
    return entry.state == Availability.NEEDS_DOWNLOAD


def applies(action: str, entry: Entry | None, details: DataDetails | None) -> bool:
    """Whether the data screen's `action` applies to `entry` (None if there is none) with its `details`, if known."""
    match action:
        case "download":
            return entry is not None and needs_download(entry)
        case "check_up":
            return entry is not None and entry.is_folder and entry.state == Availability.READY
        case "mistakes":
            return entry is not None and entry.state in (Availability.READY, Availability.DOWNLOADED)
        case "edit":
            return entry is not None and entry.kind == catalogue.OWN
        case "remove":
            return entry is not None and entry.is_added
        case "more_samples":
            return details is not None
        case "skipped":
            return details is not None and bool(details.skipped or details.notes)
        case _:
            return True

"""What a person can do with a data set, by what the catalogue tells of it and what was read."""

from __future__ import annotations

from core.data import catalogue
from core.data.catalogue import Availability, Entry
from core.data.details import DataDetails


def needs_download(entry: Entry) -> bool:
    """Whether the set is not here yet."""
    return entry.state == Availability.NEEDS_DOWNLOAD


def applies(action: str, entry: Entry | None, details: DataDetails | None) -> bool:
    """Whether `action` of the data screen applies to `entry`, None without one, of which `details` may be known."""
    match action:
        case "download":
            return entry is not None and needs_download(entry)
        case "check_up":
            return entry is not None and entry.is_folder and entry.state == Availability.READY
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

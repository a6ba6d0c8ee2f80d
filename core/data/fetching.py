"""Downloads one file and checks its md5. Knows no data sets."""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from core.errors import DataError

Received = Callable[[int, int | None], None]
"""Called with the number of bytes received and the total, None if unknown."""

PATIENCE = 30.0
"""Seconds without a byte after which a server counts as gone."""
_BLOCK = 2**18  # bytes


def fetch(url: str, path: Path, md5: str, report: Received) -> int:
    """Download `url` to `path`; returns the size in bytes. `report` receives the bytes so far and in total, if known.

    Raises DataError if the server cannot be reached, refuses, stops responding or sends another file, and OSError if
    `path` cannot be written. The caller removes what was written by then.
    """
    request = urllib.request.Request(url, headers={"User-Agent": "digits-tui"})
    try:
        response = urllib.request.urlopen(request, timeout=PATIENCE)
    except (OSError, http.client.HTTPException) as error:
        raise DataError(_unreachable(url, error)) from error
    digest, size = hashlib.md5(usedforsecurity=False), 0
    with response, path.open("wb") as file:
        length: int | None = response.length
        while True:
            try:
                block = response.read1(_BLOCK)  # only what has arrived, so that a slow connection shows progress
            except (OSError, http.client.HTTPException) as error:
                raise DataError(_unreachable(url, error)) from error
            if not block:
                break
            file.write(block)
            digest.update(block)
            size += len(block)
            report(size, length)
    if length is not None and size != length:
        raise DataError(f"the download of {url} broke off after {size:,} of {length:,} bytes; try again")
    if digest.hexdigest() != md5:
        raise DataError(
            f"{url} did not send the file that torchvision expects: its md5 is {digest.hexdigest()}, not {md5}. "
            "A proxy or a log-in page may have answered instead; try again later, or with a newer torchvision"
        )
    return size


def _unreachable(url: str, error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return (
            f"{url} answers {error.code} {error.reason}. "
            "Try again later; the address comes from torchvision, and a newer version may have another"
        )
    reason = getattr(error, "reason", None) or error
    reason = getattr(reason, "strerror", None) or reason
    return f"{urlsplit(url).netloc} cannot be reached ({reason}). Check the internet connection and try again"

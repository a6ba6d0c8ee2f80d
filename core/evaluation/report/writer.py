"""Writes a report in the format that its file name asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.errors import ConfigurationError
from core.evaluation.report.content import Report
from core.evaluation.report.html_file import html
from core.evaluation.report.markdown_file import markdown
from core.evaluation.report.svg_file import svg
from core.system import atomic
from core.words import listed

FORMATS: dict[str, Callable[[Report], str]] = {".html": html, ".md": markdown, ".svg": svg}
"""By suffix."""


def checked(path: Path) -> Path:
    """`path`, if a report can be written there. Raises ConfigurationError that says why not."""
    if path.suffix.lower() not in FORMATS:
        raise ConfigurationError(f"--report is {path}; its name must end in {listed(list(FORMATS), 'or')}")
    if not path.parent.is_dir():
        raise ConfigurationError(f"--report is {path}; there is no folder {path.parent}. Make it, or give another one")
    return path


def write(report: Report, path: Path) -> None:
    """Write `report` to `path`, which is `checked`, atomically. Raises ConfigurationError if it cannot be written."""
    try:
        atomic.write_text(path, FORMATS[path.suffix.lower()](report))
    except OSError as error:
        raise ConfigurationError(f"the report cannot be written to {path}: {error.strerror or error}") from error

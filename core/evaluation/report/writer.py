"""Writes a report in the format that its file name asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.errors import ConfigurationError
from core.evaluation.report import runs_files
from core.evaluation.report.content import Report
from core.evaluation.report.html_file import html
from core.evaluation.report.markdown_file import markdown
from core.evaluation.report.runs_content import RunsReport
from core.evaluation.report.svg_file import svg
from core.system import atomic
from core.words import listed

FORMATS: dict[str, Callable[[Report], str]] = {".html": html, ".md": markdown, ".svg": svg}
"""Reports on how a network reads a set, by suffix."""
RUNS_FORMATS: dict[str, Callable[[RunsReport], str]] = {
    ".html": runs_files.html,
    ".md": runs_files.markdown,
    ".svg": runs_files.svg,
}
"""Reports on runs, by suffix."""


def checked(path: Path) -> Path:
    """`path`, if a report can be written there. Raises ConfigurationError that says why not."""
    if path.suffix.lower() not in FORMATS:
        raise ConfigurationError(f"--report is {path}; its name must end in {listed(list(FORMATS), 'or')}")
    if not path.parent.is_dir():
        raise ConfigurationError(f"--report is {path}; there is no folder {path.parent}. Make it, or give another one")
    return path


def write(report: Report | RunsReport, path: Path) -> None:
    """Write `report` to `path`, which is `checked`, atomically. Raises ConfigurationError if it cannot be written."""
    suffix = path.suffix.lower()
    text = FORMATS[suffix](report) if isinstance(report, Report) else RUNS_FORMATS[suffix](report)
    try:
        atomic.write_text(path, text)
    except OSError as error:
        raise ConfigurationError(f"the report cannot be written to {path}: {error.strerror or error}") from error

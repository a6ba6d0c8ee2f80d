"""Takes back a request to stop a run, which `Run.request_stop` writes as a file."""

from __future__ import annotations

from core.runs.run import Run


def withdraw(run: Run) -> None:
    """Whoever starts the run next is not asked to stop. Raises OSError."""
    (run.path / "stop").unlink(missing_ok=True)

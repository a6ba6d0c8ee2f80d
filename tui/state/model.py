"""The checkpoint that reads drawings, and whether it still does after the next start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.signal import Signal

from core import paths
from core.runs import preferences

if TYPE_CHECKING:
    from textual.app import App


class Model:
    """Call `use` and `choose`; read `checkpoint`."""

    def __init__(self, app: App[Any]) -> None:
        """Starts with the checkpoint in the preferences."""
        self.changed: Signal[Path | None] = Signal(app, "model")
        """Published with `checkpoint`."""
        self._checkpoint = preferences.checkpoint()

    @property
    def checkpoint(self) -> Path | None:
        """The checkpoint that reads; None for the shipped one."""
        return self._checkpoint

    def use(self, checkpoint: Path | None) -> None:
        """Read with this checkpoint until another is used or the app is left."""
        self._checkpoint = checkpoint
        self.changed.publish(checkpoint)

    def choose(self, checkpoint: Path) -> None:
        """Read with this checkpoint from now on; also after the next start, unless a run is still writing it.

        Raises CheckpointError if the choice cannot be saved; the checkpoint is used nevertheless.
        """
        from core.runs.run import Run  # not at start

        shipped = checkpoint == paths.shipped_checkpoint()
        self.use(None if shipped else checkpoint)
        if shipped:
            preferences.forget()
        elif not Run(checkpoint.parent).is_running():
            preferences.keep(checkpoint)

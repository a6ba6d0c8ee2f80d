"""The download of a data set: one at a time, and it goes on whichever screen is looked at."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual.signal import Signal

from core.errors import DigitsError

if TYPE_CHECKING:
    from textual.app import App
    from textual.worker import Worker

    from tui.state.download import Download


class Downloads:
    """Call `start` and `cancel`; read `current`."""

    def __init__(self, app: App[Any]) -> None:
        """`app` runs the downloads, and says when one is here."""
        self.changed: Signal[Download | None] = Signal(app, "download")
        """Published with `current`."""
        self._app = app
        self._current: Download | None = None
        self._worker: Worker[None] | None = None

    @property
    def current(self) -> Download | None:
        """The one that is under way, or the last one where that failed."""
        return self._current

    @property
    def is_under_way(self) -> bool:
        """Whether bytes are still coming."""
        return self._current is not None and self._current.is_under_way

    def start(self, name: str) -> None:
        """Download the data set `name`, unless another one is still coming."""
        from tui.state.download import Download  # not at start

        if self._current is not None and self._current.is_under_way:
            self._app.notify(f"{self._current.name} is still coming; one download at a time.", severity="warning")
            return
        self._set(Download(name))
        self._worker = self._app.run_worker(self._download(name), group="download")

    def cancel(self) -> None:
        """End the download that is under way; nothing of it is kept."""
        if self._worker is not None:
            self._worker.cancel()

    async def _download(self, name: str) -> None:
        from tui.processes import child  # none of them at start
        from tui.state.download import Download

        def report(done: int, total: int | None) -> None:
            self._set(Download(name, done, total))

        try:
            await child.ask("datasets", "--download", name, "--json", progress=report)
        except DigitsError as error:
            self._set(Download(name, error=str(error)))
        except asyncio.CancelledError:
            self._set(None)
            raise
        else:
            self._set(None)
            self._app.notify(f"{name} is here.")

    def _set(self, current: Download | None) -> None:
        self._current = current
        self.changed.publish(current)

"""Downloads of data sets: one at a time; it continues whichever screen is shown."""

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
        """`app` runs the downloads, and notifies the user when one has finished."""
        self.changed: Signal[Download | None] = Signal(app, "download")
        """Published with `current`."""
        self._app = app
        self._current: Download | None = None
        self._worker: Worker[None] | None = None

    @property
    def current(self) -> Download | None:
        """The download under way, or the last one if it failed."""
        return self._current

    @property
    def is_under_way(self) -> bool:
        """Whether a download is under way."""
        return self._current is not None and self._current.is_under_way

    def start(self, name: str) -> None:
        """Download the data set `name`, unless a download is under way."""
        from tui.state.download import Download  # not at start

        if self._current is not None and self._current.is_under_way:
            self._app.notify(f"{self._current.name} is still downloading; one download at a time.", severity="warning")
            return
        self._set(Download(name))
        self._worker = self._app.run_worker(self._download(name), group="download")

    def cancel(self) -> None:
        """Cancel the download under way; no part of it is kept."""
        if self._worker is not None:
            self._worker.cancel()

    async def _download(self, name: str) -> None:
        from tui.processes import child  # not at start
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
            self._app.notify(f"Downloaded {name}.")

    def _set(self, current: Download | None) -> None:
        self._current = current
        self.changed.publish(current)

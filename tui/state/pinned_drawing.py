"""The drawing that each checkpoint of a run reads again while it trains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.signal import Signal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from textual.app import App


class PinnedDrawing:
    """Call `pin` and `unpin`; read `bitmap`."""

    def __init__(self, app: App[Any]) -> None:
        """Starts with nothing pinned."""
        self.changed: Signal[NDArray[np.uint8] | None] = Signal(app, "pinned drawing")
        """Published with `bitmap`."""
        self._bitmap: NDArray[np.uint8] | None = None

    @property
    def bitmap(self) -> NDArray[np.uint8] | None:
        """(H, W) uint8, ink bright on 0; None while nothing is pinned."""
        return self._bitmap

    def pin(self, bitmap: NDArray[np.uint8]) -> None:
        """Pin this (H, W) uint8 drawing, ink bright on 0, in place of any other."""
        self._bitmap = bitmap
        self.changed.publish(bitmap)

    def unpin(self) -> None:
        """Pin nothing."""
        self._bitmap = None
        self.changed.publish(None)

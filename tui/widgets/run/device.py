"""The device that a run trains on: its name, load, memory and precision."""

from __future__ import annotations

from textual.content import Content

from core.runs.events import DeviceState
from core.words import percent, plural
from tui.processes.followed_run import FollowedRun
from tui.widgets.shared.lines import Lines, fit, meter

_MUTED = "$foreground-muted"
_NAME = 8
_FIGURE = 15
"""Cells for a row's name, and for the figure at its end."""


class DevicePanel(Lines):
    """At most five lines; unknown figures are left out."""

    _followed: FollowedRun | None = None

    def show(self, followed: FollowedRun) -> None:
        """Show the device's last known state."""
        self._followed = followed
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """The device's name, its load and the network it trains."""
        history = self._followed.history if self._followed else None
        if history is None or history.started is None:
            return [Content.styled("known once the run has started", _MUTED)]
        started = history.started
        threads = plural(started.threads, "thread")
        network = f"{started.parameters:,} parameters"
        if len(started.architecture) + 2 + len(network) <= width - _NAME:
            network = f"{started.architecture}, {network}"
        return [
            Content.styled(fit(started.device_name, width), "bold"),
            *_busy(history.device, width),
            _row("compute", f"{started.precision}, {threads}", width),
            _row("network", network, width),
        ]


def _busy(state: DeviceState | None, width: int) -> list[Content]:
    if state is None:
        return []
    rows = []
    if state.load is not None:
        figure = percent(state.load, 0)
        if state.temperature is not None:
            figure += f", {state.temperature:.0f} °C"
        rows.append(_metered("load", state.load, figure, width))
    if state.memory_used is not None:
        figure = _gigabytes(state.memory_used)
        if state.memory_total:
            figure += f" of {_gigabytes(state.memory_total)}"
        fraction = state.memory_used / state.memory_total if state.memory_total else 0.0
        rows.append(_metered("memory", fraction, f"{figure} GB", width))
    if state.temperature is not None and state.load is None:
        rows.append(_row("heat", f"{state.temperature:.0f} °C", width))
    return rows


def _metered(name: str, fraction: float, figure: str, width: int) -> Content:
    room = max(4, width - _NAME - _FIGURE)
    return Content.assemble((f"{name:<{_NAME}}", _MUTED), meter(fraction, room, "$primary"), f"{figure:>{_FIGURE}}")


def _row(name: str, text: str, width: int) -> Content:
    return Content.assemble((f"{name:<{_NAME}}", _MUTED), fit(text, width - _NAME))


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f}" if count < 100e9 else f"{count / 1e9:.0f}"

"""Plots side by side that show the same part of one horizontal axis, with one cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from tui.widgets.run.plot import Plot
from tui.widgets.run.quantity import Quantity


class PlotRow(Horizontal):
    """The first plot shows one of several quantities, the second always the same."""

    BINDING_GROUP_TITLE = "Curves"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "next_quantity", "Next curve")]
    FIRST: ClassVar[Sequence[Quantity]]
    SECOND: ClassVar[Quantity]

    def compose(self) -> ComposeResult:
        for plot in (Plot(self.FIRST[0], id="loss"), Plot(self.SECOND, id="accuracy")):
            plot.add_class("section")
            plot.border_title = plot.quantity.title
            yield plot

    def draw(self) -> None:
        """Draw what is known, if another quantity is shown by now."""
        raise NotImplementedError

    @property
    def first(self) -> Plot:
        """The plot of several quantities."""
        return self.query_one("#loss", Plot)

    @property
    def second(self) -> Plot:
        """The other one."""
        return self.query_one("#accuracy", Plot)

    def action_next_quantity(self) -> None:
        """Show the next quantity in the first plot."""
        plot = self.first
        plot.show_quantity(self.FIRST[(self.FIRST.index(plot.quantity) + 1) % len(self.FIRST)])
        self.draw()

    def on_plot_view_changed(self, event: Plot.ViewChanged) -> None:
        """Show the same part of the axis, with the same cursor, in both plots."""
        event.stop()
        for plot in self.query(Plot):
            plot.show_view(event.plot.view)

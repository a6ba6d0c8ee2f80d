"""The plot: what a person can read off it, and what it sends."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from tui.widgets.run import axis
from tui.widgets.run.plot import Curve, Plot


class PlotApp(App[None]):
    """One plot of 38×10 cells, the least there is for it."""

    CSS = "Plot { width: 38; height: 10; }"

    def compose(self) -> ComposeResult:
        yield Plot(y=axis.percentage, below="epoch", empty="after the first epoch", id="plot")

    @property
    def plot(self) -> Plot:
        """The plot."""
        return self.query_one(Plot)

    def rows(self) -> list[str]:
        """The plot's rows of characters."""
        return [self.plot.render_line(y).text for y in range(10)]


def across(most: int) -> axis.Axis:
    """An axis of two epochs."""
    return axis.epochs(2, 2, most)


@pytest.mark.parametrize(("low", "high"), [(0.02, 2.4), (0.11, 0.19), (1e-9, 3.0), (0.5, 0.5), (4e-4, 40)])
@pytest.mark.parametrize("most", [3, 4, 8])
def test_a_loss_axis_holds_its_data_and_has_legible_ticks(low: float, high: float, most: int) -> None:
    """Two ticks at least and no more than there is room for, all inside the axis, as the data are."""
    made = axis.logarithmic(low, high, most)
    assert made.low <= max(low, 1e-6)
    assert made.high >= high
    assert 2 <= len(made.ticks) <= max(most, 3)
    assert made.low <= min(made.ticks) < max(made.ticks) <= made.high


@pytest.mark.parametrize(
    ("low", "high", "most", "labels"),
    [
        (0.972, 0.993, 5, ("97%", "98%", "99%", "100%")),
        (0.9923, 0.9941, 4, ("99.2%", "99.4%", "99.6%", "99.8%")),
        (0.11, 0.98, 4, ("0%", "50%", "100%")),
        (1.0, 1.0, 3, ("99.9%", "100.0%")),
    ],
)
def test_an_accuracy_axis_is_scaled_to_the_data(low: float, high: float, most: int, labels: tuple[str, ...]) -> None:
    """Round percentages around the data, never more than 100%."""
    assert axis.percentage(low, high, most).labels == labels


def test_an_epoch_axis_makes_room_as_a_run_goes_on() -> None:
    """The first batches of a long run are not a sliver, and its end is the axis' end."""
    ends = [axis.epochs(done, 30, 4).high for done in (0.01, 1.5, 4, 7, 12, 25, 30)]
    assert ends == [1, 2, 5, 10, 20, 30, 30]


async def test_the_first_and_the_last_point_are_drawn_where_they_belong() -> None:
    """The last one is the newest; a frame or an edge must not hide it."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)):
        app.plot.draw([Curve.of([1, 2], [0.97, 1.0], marked=True)], across)
        rows = app.rows()
        assert "100%" in rows[0]
        assert rows[0].endswith("•")
        assert rows[7].index("•") == rows[9].index("1")
        assert rows[9].startswith("epoch")
        assert rows[9].rstrip().endswith("2")


async def test_one_point_is_enough_to_see_something() -> None:
    """After the first epoch there is a mark, not an empty plot."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)):
        assert any("after the first epoch" in row for row in app.rows())
        app.plot.draw([Curve.of([1], [0.981], marked=True)], across)
        assert sum(row.count("•") for row in app.rows()) == 1


async def test_a_long_noisy_curve_is_drawn_as_the_mean_of_each_column() -> None:
    """Of 50,000 points between 0.90 and 0.98 the line runs at 0.94, one or two dots high."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)):
        noise = np.tile([0.90, 0.98], 25_000)
        app.plot.draw([Curve.of(np.linspace(0, 2, 50_000), noise)], across)
        drawn = [y for y, row in enumerate(app.rows()) if any("⠀" <= each <= "⣿" for each in row)]
        assert len(drawn) == 1

        wild = np.full(50_000, 0.94)
        wild[17] = 0.1  # one batch of many
        app.plot.draw([Curve.of(np.linspace(0, 2, 50_000), wild)], across)
        assert any("94" in row for row in app.rows())


async def test_what_is_no_number_is_left_out() -> None:
    """A diverged batch breaks neither the axis nor the line."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)):
        app.plot.draw([Curve.of([0.5, 1, 2], [0.97, float("nan"), 0.99], marked=True)], across)
        assert sum(row.count("•") for row in app.rows()) == 2


async def test_only_changed_cells_are_repainted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same data send nothing; one more point sends a few cells and no whole plot."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)):
        points = np.linspace(0, 1, 300)
        app.plot.draw([Curve.of(points, 0.9 + points / 20)], across)
        asked: list[tuple[Region, ...]] = []

        def refresh(self: Plot, *regions: Region, **_: Any) -> Plot:
            asked.append(regions)
            return self

        monkeypatch.setattr(Plot, "refresh", refresh)
        app.plot.draw([Curve.of(points, 0.9 + points / 20)], across)
        assert asked == []
        more = np.linspace(0, 1.05, 315)
        app.plot.draw([Curve.of(more, np.minimum(0.95, 0.9 + more / 20))], across)
        assert len(asked) == 1
        assert 0 < sum(region.area for region in asked[0]) < 20


async def test_a_plot_takes_no_focus() -> None:
    """Tab and the arrow keys pass by; no key of the plot shadows one of the screen."""
    app = PlotApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab")
        assert app.focused is None
        assert app.plot.can_focus is False


def test_axes_reach_as_far_as_a_training_that_diverged() -> None:
    """Losses over forty decades, and more steps than were planned, have an axis too."""
    assert axis.logarithmic(1e-6, 3e38, 5).high >= 3e38
    assert axis.epochs(1e9, 20, 5).high == 20.0

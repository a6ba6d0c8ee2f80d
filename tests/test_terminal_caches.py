"""tui.terminal.caches: what Textual and Rich remember is let go."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from functools import lru_cache

import pytest
from layout import until
from rich.segment import Segment
from rich.style import Style
from textual.dom import DOMNode
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui import app as app_module
from tui.app import DigitsApp
from tui.terminal import caches

pytestmark = pytest.mark.usefixtures("children_end")


def test_the_large_caches_are_emptied() -> None:
    """Also those of methods of each kind; small ones, and those of others, are left."""
    ours = lru_cache(4096)(len)
    ours("x")
    Region(1, 2, 3, 4).intersection(Region(1, 1, 2, 2))
    Segment._split_cells(Segment("cut"), 1)
    Strip.blank(7)
    known = caches.large()
    filled = {each.__qualname__ for each in known if each.cache_info().currsize}
    assert {"Region.intersection", "Segment._split_cells"} <= filled
    assert len(known) > 30
    caches.let_go()
    assert not any(each.cache_info().currsize for each in known)
    assert ours.cache_info().currsize == 1


def test_a_line_remembers_no_pieces_of_itself() -> None:
    """Pieces are equal each time they are cut, and are gone with whoever asked for them."""
    DigitsApp()
    line = Strip([Segment("words"), Segment(" and more")])

    def pieces() -> list[Strip]:
        return [
            line.crop(1, 3), line.crop_extend(0, 20, None), *line.divide([2, 14]), line.adjust_cell_length(30),
            line.apply_style(Style(bold=True)), line.apply_offsets(2, 3),
        ]  # fmt: skip

    def kept() -> int:
        gc.collect()
        return sum(type(each) is Strip for each in gc.get_objects())

    before = kept()
    assert pieces() == pieces()
    assert kept() == before


async def test_an_app_that_stays_open_lets_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every twenty seconds; here more often."""
    times: list[object] = []
    monkeypatch.setattr(app_module, "_LET_GO", 0.05)
    monkeypatch.setattr(caches, "let_go", lambda: times.append(None))
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(times) > 1)


async def test_sizes_that_the_terminal_no_longer_has_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each widget remembers those that it was given, until the terminal has another."""
    told: list[tuple[int, int]] = []
    forget = caches.forget_sizes

    def count(widgets: Iterable[DOMNode]) -> None:
        every = [each for each in widgets if isinstance(each, Widget)]
        before = sum(len(each._box_model_cache) for each in every)
        forget(every)
        told.append((before, sum(len(each._box_model_cache) for each in every)))

    monkeypatch.setattr(caches, "forget_sizes", count)
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.is_mounted)
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: any(before for before, _ in told))
        assert not any(after for _, after in told)

"""tui.terminal.caches: what Textual and Rich remember is let go."""

from __future__ import annotations

from functools import lru_cache

import pytest
from layout import until
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from tui import app as app_module
from tui.app import DigitsApp
from tui.terminal import caches


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


async def test_an_app_that_stays_open_lets_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a minute; here more often."""
    times: list[object] = []
    monkeypatch.setattr(app_module, "_LET_GO", 0.05)
    monkeypatch.setattr(caches, "let_go", lambda: times.append(None))
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(times) > 1)

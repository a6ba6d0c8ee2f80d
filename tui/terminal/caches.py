"""What Textual, Rich and our own widgets remember of what they painted: some forty caches, thirty MiB when all of them
are full."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import _lru_cache_wrapper, lru_cache
from typing import Any

from textual import strip
from textual.cache import FIFOCache
from textual.dom import DOMNode
from textual.widget import Widget

_LARGE = 1000
"""Entries that a cache may take to be emptied; a smaller one is left, and one without a limit."""


class NoCache(FIFOCache[Any, Any]):
    """Remembers nothing, so that one serves for all."""

    __slots__ = ()

    def get(self, key: Any, default: Any = None) -> Any:
        """Always `default`."""
        return default

    def set(self, key: Any, value: Any) -> None:
        """Forget it."""

    def __setitem__(self, key: Any, value: Any) -> None:
        """Likewise."""


def keep_no_pieces() -> None:
    """Have Textual's lines remember no pieces of themselves, from now on.

    Each line has seven caches of what was cut from it or coloured anew. After a visit to seven screens at 300×100 the
    app took 75 MiB without them and 90 MiB with them (AMD EPYC, Python 3.11, Textual 8.2.8, n = 1), and in three rounds
    the screens opened no faster with them.
    """
    strip.FIFOCache = lambda _: _NO_CACHE  # type: ignore[attr-defined, assignment]


_NO_CACHE = NoCache(0)


def let_go() -> None:
    """Empty the large ones. Takes milliseconds, and ten more where something was imported since."""
    for cache in large():
        cache.cache_clear()


def forget_sizes(widgets: Iterable[DOMNode]) -> None:
    """Forget how large the widgets were in a terminal of another size, of which each remembers sixteen."""
    for widget in widgets:
        if isinstance(widget, Widget):
            widget._box_model_cache.clear()


def forget_lines(widgets: Iterable[DOMNode]) -> None:
    """Forget what widgets that are hidden were painted with: in a terminal of 300×100, some MiB a screen."""
    for widget in widgets:
        if isinstance(widget, Widget):
            widget._styles_cache.clear()


def large() -> frozenset[_lru_cache_wrapper[Any]]:
    """The large caches of the modules that are imported now."""
    return _large(len(sys.modules))


@lru_cache(maxsize=1)
def _large(_: int) -> frozenset[_lru_cache_wrapper[Any]]:
    return frozenset(filter(_is_large, map(_bare, _defined())))


def _defined() -> Iterator[Any]:
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("textual", "rich", "tui"):
            for each in list(vars(module).values()):
                if getattr(each, "__module__", None) == name:  # not where it is only imported
                    yield from (each, *vars(each).values()) if isinstance(each, type) else (each,)


def _bare(found: Any) -> Any:
    """The function in a class method, a static method or a property."""
    return getattr(found, "__func__", None) or getattr(found, "fget", None) or found


def _is_large(found: Any) -> bool:
    return isinstance(found, _lru_cache_wrapper) and (found.cache_parameters()["maxsize"] or 0) >= _LARGE

"""Imports the screens, and what reads images, before they are asked for: the first would wait for its part of half a
second.

Together and early they also lie together in memory; one by one, between what passes, they keep pages that nothing else
can use.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module

import tui.screens


def preload(goes_on: Callable[[], bool]) -> None:
    """Import every screen and Pillow's decoders, one after another for as long as `goes_on()`. Runs in a thread."""
    for module in pkgutil.iter_modules(tui.screens.__path__, f"{tui.screens.__name__}."):
        if not goes_on():
            return
        import_module(module.name)
    from PIL import Image

    Image.preinit()

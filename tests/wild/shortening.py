"""Makes a failing walk shorter: parts of it are left out as long as it still fails (delta debugging, Zeller 2002)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.wild.events import WildEvent


def shortened(events: Sequence[WildEvent], fails: Callable[[Sequence[WildEvent]], bool]) -> list[WildEvent]:
    """A walk of which every single part is needed for it to fail."""
    found, parts = list(events), 2
    while len(found) > 1:
        size = -(-len(found) // parts)
        for start in range(0, len(found), size):
            rest = found[:start] + found[start + size :]
            if rest and fails(rest):
                found, parts = rest, max(2, parts - 1)
                break
        else:
            if size == 1:
                break
            parts = min(len(found), 2 * parts)
    return found

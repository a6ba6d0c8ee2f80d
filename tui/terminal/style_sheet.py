"""A style sheet that parses each source once, however many screens are opened."""

from __future__ import annotations

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

_SOURCES = 1000
"""More than there are widgets and screens; Textual remembers 64, fewer than one screen has."""


class StyleSheet(Stylesheet):
    """Textual's, which parses all sources again for each new screen and most of them for each new kind of widget.

    That is a third of the time in which a screen opens, and leaves tens of thousands of objects.
    """

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(_SOURCES)  # its keys are whole sources; new variables empty it

    def reparse(self) -> None:
        """Parse the sources that are new, or all after a change of variables. Errors as for `parse`."""
        self.parse()

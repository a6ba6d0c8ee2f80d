"""The data sets that people make by drawing: the one door to them for the rest of the program.

Costs no NumPy: what needs it imports it when it is called.
"""

from __future__ import annotations

from core.data.own.drawings import Drawing, counts, drawings, keep, last, relabel, remove, strokes_of, take_back, undo
from core.data.own.exchange import export, import_set
from core.data.own.own_set import OwnSet, activate, active, at, create, rename, sets

__all__ = [
    "Drawing",
    "OwnSet",
    "activate",
    "active",
    "at",
    "counts",
    "create",
    "drawings",
    "export",
    "import_set",
    "keep",
    "last",
    "relabel",
    "remove",
    "rename",
    "sets",
    "strokes_of",
    "take_back",
    "undo",
]

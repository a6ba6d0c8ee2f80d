"""The data sets that people make by drawing. The rest of the program uses them only through this module.

Does not import NumPy: functions that need it import it when called.
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

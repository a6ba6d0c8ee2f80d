"""The text next to an image of the check-up: its name, its label or the decision about it, and the finding."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len, chop_cells
from textual.geometry import Size

from core.checkup.finding import Picture, label_of
from core.data.amendments import Amendment
from core.printable import printable
from tui.processes.decisions import said
from tui.widgets.shared.wrapping import folded, shortened

Line = tuple[str, str]
"""A text and its kind: `name`, `cursor`, `decision` or `detail`."""


def caption(picture: Picture, amended: Mapping[str, Amendment], size: Size, *, is_current: bool) -> list[Line]:
    """The lines of the caption, cut to `size`; marked if the image is under the cursor."""
    width, height = size
    mark, style = ("▸ ", "cursor") if is_current else ("  ", "name")
    amendment = amended.get(picture.path)
    state = label(picture.path, picture.label) if amendment is None else said(amendment)
    found = [] if picture.suggested is None else [f"suggested: {picture.suggested}"]
    found += [printable(picture.detail)] * bool(picture.detail)
    if picture.other is not None:
        # There may be a decision about the other file too.
        other = amended.get(picture.other)
        found.append(
            f"with {shortened(printable(picture.other), max(12, 2 * width))}, "
            + (label(picture.other, None) if other is None else said(other))
        )
    keys = ["a accepts it"] * (picture.suggested is not None) + ["o swaps them"] * (picture.other is not None)
    keys = keys if is_current else []
    if height <= 3:
        name = shortened(printable(picture.path), max(8, width - cell_len(f"{mark}  {state}")))
        whole, most = " · ".join([*found, *keys]), height - 1
        if len(folded(whole, width, most + 1)) > most:
            whole = " · ".join(found)  # the finding matters more than the keys
        return [(f"{mark}{name}  {state}", style), *((text, "detail") for text in folded(whole, width, most))]
    name = shortened(printable(picture.path), (width - 2) * max(1, height // 3))
    lines = [(("  " if index else mark) + part, style) for index, part in enumerate(chop_cells(name, width - 2))]
    lines.append(("  " + state, "decision" if amendment is not None else "name"))
    for text in [*found, *keys]:
        lines += [("  " + part, "detail") for part in folded(text, width - 2, height)]
    return lines if len(lines) <= height else [*lines[: height - 1], ("  …", "detail")]


def label(path: str, known: int | None) -> str:
    """A file's label without decisions, in words; `known` is the label if it is known, else the path tells it."""
    digit = label_of(path) if known is None else known
    return "no label" if digit is None else f"label {digit}"

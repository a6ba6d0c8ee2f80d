"""Text made to fit a width, shortened or wrapped. Knows no widgets."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells, set_cell_size


def shortened(text: str, width: int) -> str:
    """`text` in `width` cells, cut at its start: the end of a path says more."""
    if cell_len(text) <= width:
        return text
    kept = text[-width:]
    while cell_len(kept) > width - 1:
        kept = kept[1:]
    return "…" + kept


def folded(text: str, width: int, most: int) -> list[str]:
    """`text` in at most `most` lines of `width` cells; the last one ends in an ellipsis if there is more."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        for part in chop_cells(word, width):
            joined = f"{line} {part}" if line else part
            if cell_len(joined) <= width:
                line = joined
            else:
                lines.append(line)
                line = part
    lines += [line] if line else []
    if len(lines) > most:
        lines = lines[:most]
        lines[-1] = set_cell_size(lines[-1], min(cell_len(lines[-1]), width - 1)).rstrip(" ·") + "…"
    return lines

"""The figures of a report as SVG elements, in the colours of the text around them."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from core.config.shape import CLASSES
from core.evaluation.confusion import mistakes
from core.evaluation.example import Example
from core.evaluation.measurement import Measurement
from core.words import percent

WIDTH, HEIGHT = 360, 250
"""Of each chart, in pixels."""
_LEFT, _TOP, _RIGHT, _BOTTOM = 48, 24, 12, 36
_CELL, _HEAD = 40, 38
MATRIX_WIDTH, MATRIX_HEIGHT = _LEFT + CLASSES * _CELL + 70, _HEAD + CLASSES * 22 + 28
BLUE, ORANGE, GREY = "#2563a8", "#d9822b", "#8a8f98"


def text(x: float, y: float, words: str, *, anchor: str = "start", style: str = "") -> str:
    """A text element; `words` are not escaped."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" style="{style}">{words}</text>'


def rectangle(x: float, y: float, width: float, height: float, colour: str, opacity: float = 1.0) -> str:
    """A filled rectangle."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" height="{max(0.0, height):.1f}" '
        f'fill="{colour}" fill-opacity="{opacity:.2f}"/>'
    )


def matrix(measured: Measurement) -> str:
    """The confusion matrix: rows are true digits; the darker a mistake, the more of them."""
    most = max((count for count, _, _ in mistakes(measured.confusion)), default=0)
    parts = [text(_LEFT + CLASSES * _CELL / 2, 12, "read as", anchor="middle", style=f"fill:{GREY}")]
    for digit, (counts, figures) in enumerate(zip(measured.confusion, measured.figures, strict=True)):
        y = _HEAD + 22 * digit
        parts.append(text(_LEFT + _CELL * digit + 20, _HEAD - 2, str(digit), anchor="middle", style="font-weight:bold"))
        parts.append(text(_LEFT - 10, y + 16, str(digit), anchor="end", style="font-weight:bold"))
        for read, count in enumerate(counts):
            x = _LEFT + _CELL * read
            if count and read != digit:
                parts.append(rectangle(x + 1, y + 1, _CELL - 2, 20, ORANGE, 0.2 + 0.7 * count / most))
            shown = f"{count:,}" if count else "·"
            parts.append(text(x + 20, y + 16, shown, anchor="middle", style="" if count else f"fill:{GREY}"))
        recall = "–" if figures.recall is None else percent(figures.recall, 1)
        parts.append(text(_LEFT + CLASSES * _CELL + 60, y + 16, recall, anchor="end", style=f"fill:{GREY}"))
    return svg(MATRIX_WIDTH, MATRIX_HEIGHT, parts)


def reliability(measured: Measurement) -> str:
    """Bars: how many answers of each confidence are right; on the line they would be as many as it says."""
    parts = _frame("confidence", "right", ("0%", "50%", "100%"), ("0%", "50%", "100%"))
    for each in measured.reliability:
        if each.count:
            x, y = _x(each.begin), _y(each.accuracy)
            parts.append(rectangle(x + 1, y, _x(each.end) - x - 2, _y(0) - y, BLUE, 0.75))
    parts.append(
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="{ORANGE}" stroke-dasharray="5 4"/>'
    )
    return svg(WIDTH, HEIGHT, parts)


def rejection(measured: Measurement) -> str:
    """A line: the accuracy on what is left if the least sure answers are rejected."""
    curve = [(part, accuracy) for part, accuracy in measured.rejection_curve if part <= 0.5]
    least = min((accuracy for _, accuracy in curve), default=0.0)
    span = max(1e-9, 1 - least)
    middle = percent(least + span / 2)
    parts = _frame("rejected", "right of the others", ("0%", "25%", "50%"), (percent(least), middle, "100%"))
    points = " ".join(f"{_x(2 * part):.1f},{_y((accuracy - least) / span):.1f}" for part, accuracy in curve)
    parts.append(f'<polyline points="{points}" fill="none" stroke="{BLUE}" stroke-width="2"/>')
    return svg(WIDTH, HEIGHT, parts)


def data_url(example: Example) -> str:
    """What the network saw as a PNG image, dark on light."""
    file = io.BytesIO()
    Image.fromarray((255 - example.seen).astype(np.uint8)).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def _x(share: float) -> float:
    return _LEFT + share * (WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def _frame(across: str, up: str, below: tuple[str, str, str], beside: tuple[str, str, str]) -> list[str]:
    muted = f"fill:{GREY}"
    parts = [
        f'<path d="M{_x(0)} {_y(1)} V{_y(0)} H{_x(1)}" fill="none" stroke="{GREY}"/>',
        text(_x(0) - 40, 12, up, style=muted),
        text(_x(0.5), HEIGHT - 4, across, anchor="middle", style=muted),
    ]
    for place, (under, left) in enumerate(zip(below, beside, strict=True)):
        anchor = ("start", "middle", "end")[place]
        parts.append(text(_x(place / 2), _y(0) + 16, under, anchor=anchor, style=muted))
        parts.append(text(_x(0) - 4, _y(place / 2) + 4, left, anchor="end", style=muted))
    return parts


def svg(width: int, height: int, parts: list[str]) -> str:
    """An SVG element of that size in pixels."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="12">{"".join(parts)}</svg>'
    )

"""A report as one SVG picture, for a slide or a wall."""

from __future__ import annotations

import textwrap
from html import escape

from core.evaluation.report import charts
from core.evaluation.report.content import Report, caption

WIDTH, MARGIN, LINE = 840, 30, 20
_IMAGE, _ACROSS = 84, 6


def svg(report: Report) -> str:
    """The whole file."""
    parts = [charts.text(MARGIN, 44, escape(report.title), style="font-size:22px;font-weight:bold")]
    y = 70
    for line in wrapped(report.summary, 110):
        parts.append(charts.text(MARGIN, y, escape(line)))
        y += LINE
    for name, value in report.facts:
        parts.append(charts.text(MARGIN, y + 8, escape(name), style="font-weight:bold"))
        parts.append(charts.text(MARGIN + 140, y + 8, escape(value)))
        y += LINE
    y += 30
    parts.append(at(MARGIN, y, charts.matrix(report.measurement)))
    y += charts.MATRIX_HEIGHT
    parts.append(at(MARGIN, y, charts.reliability(report.measurement)))
    parts.append(at(MARGIN + charts.WIDTH + 40, y, charts.rejection(report.measurement)))
    y += charts.HEIGHT + 30
    if report.worst:
        parts.append(charts.text(MARGIN, y, "The most confident mistakes", style="font-weight:bold"))
    step = (WIDTH - 2 * MARGIN) // _ACROSS
    for place, each in enumerate(report.worst):
        left, top = MARGIN + place % _ACROSS * step, y + 14 + place // _ACROSS * (_IMAGE + 44)
        parts.append(
            f'<image x="{left}" y="{top}" width="{_IMAGE}" height="{_IMAGE}" style="image-rendering:pixelated" '
            f'href="{charts.data_url(each)}"/>'
        )
        first, _, second = caption(each).partition(" (")
        for number, words in enumerate((first, f"({second}")):
            parts.append(charts.text(left, top + _IMAGE + 14 + 13 * number, escape(words), style="font-size:10px"))
    return sheet(y + 30 + -(-len(report.worst) // _ACROSS) * (_IMAGE + 44), parts)


def sheet(height: int, parts: list[str], least: int = 0) -> str:
    """A whole file with these elements, `height` pixels high and at least `least` wide."""
    width = max(WIDTH, least)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="white"/>'
        f"{''.join(parts)}</svg>\n"
    )


def at(x: int, y: int, chart: str) -> str:
    """A chart whose upper left corner is there."""
    return f'<g transform="translate({x} {y})">{chart}</g>'


def wrapped(words: str, width: int) -> list[str]:
    """Lines of at most so many characters."""
    return textwrap.wrap(words, width)

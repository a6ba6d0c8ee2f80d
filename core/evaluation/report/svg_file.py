"""A report as one SVG picture, for a slide or a wall."""

from __future__ import annotations

import textwrap
from html import escape

from core.evaluation.report import charts
from core.evaluation.report.content import Report, caption

_WIDTH, _MARGIN, _LINE = 840, 30, 20
_IMAGE, _ACROSS = 84, 6


def svg(report: Report) -> str:
    """The whole file."""
    parts = [charts.text(_MARGIN, 44, escape(report.title), style="font-size:22px;font-weight:bold")]
    y = 70
    for line in _wrapped(report.summary, 110):
        parts.append(charts.text(_MARGIN, y, escape(line)))
        y += _LINE
    for name, value in report.facts:
        parts.append(charts.text(_MARGIN, y + 8, escape(name), style="font-weight:bold"))
        parts.append(charts.text(_MARGIN + 140, y + 8, escape(value)))
        y += _LINE
    y += 30
    parts.append(_at(_MARGIN, y, charts.matrix(report.measurement)))
    y += charts.MATRIX_HEIGHT
    parts.append(_at(_MARGIN, y, charts.reliability(report.measurement)))
    parts.append(_at(_MARGIN + charts.WIDTH + 40, y, charts.rejection(report.measurement)))
    y += charts.HEIGHT + 30
    if report.worst:
        parts.append(charts.text(_MARGIN, y, "The most confident mistakes", style="font-weight:bold"))
    step = (_WIDTH - 2 * _MARGIN) // _ACROSS
    for place, each in enumerate(report.worst):
        left, top = _MARGIN + place % _ACROSS * step, y + 14 + place // _ACROSS * (_IMAGE + 44)
        parts.append(
            f'<image x="{left}" y="{top}" width="{_IMAGE}" height="{_IMAGE}" style="image-rendering:pixelated" '
            f'href="{charts.data_url(each)}"/>'
        )
        first, _, second = caption(each).partition(" (")
        for number, words in enumerate((first, f"({second}")):
            parts.append(charts.text(left, top + _IMAGE + 14 + 13 * number, escape(words), style="font-size:10px"))
    height = y + 30 + -(-len(report.worst) // _ACROSS) * (_IMAGE + 44)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="white"/>'
        f"{''.join(parts)}</svg>\n"
    )


def _at(x: int, y: int, chart: str) -> str:
    return f'<g transform="translate({x} {y})">{chart}</g>'


def _wrapped(words: str, width: int) -> list[str]:
    return textwrap.wrap(words, width)

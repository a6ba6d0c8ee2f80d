"""Lines over epochs, each with a colour, a dash pattern and an entry in the legend, as an SVG element."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from core.evaluation.report.charts import GREY, svg, text

WIDTH = 780
_HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 260, 58, 12, 24, 38
_LEGEND = 18
_COLOURS = ("#2563a8", "#d9822b", "#2e8b57", "#b3446c", "#6b4fbb", "#8a6d3b", "#1796a6", "#555b66")
_TICKS = 6
_SHARES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
"""Between two ticks of accuracies."""
_EPOCHS = tuple(base * 10**power for power in range(8) for base in (1, 2, 5))
"""Steps between two labelled epochs."""
_MOST_EPOCHS = 10


@dataclass(frozen=True)
class Series:
    """One line."""

    name: str
    look: int
    """Lines of one look have one colour."""
    points: tuple[tuple[float, float], ...]
    """Epoch and value, ascending by epoch; all are finite."""
    marked: bool = False
    """Whether its points have dots; the line is solid then, and dashed if not."""

    @classmethod
    def of(cls, name: str, look: int, points: Iterable[tuple[float, float]], *, marked: bool = False) -> Series:
        """Without the points that are no numbers, as those of a training that diverged."""
        return cls(name, look, tuple(each for each in points if all(map(math.isfinite, each))), marked)


@dataclass(frozen=True)
class _Scale:
    """Where a value stands on an axis: from 0 to 1."""

    low: float
    high: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        low, high = self.low, self.high
        if self.logarithmic:
            low, high, value = math.log(low), math.log(high), math.log(max(value, self.low))
        return (value - low) / (high - low)


def lines(title: str, series: Sequence[Series], *, logarithmic: bool = False) -> str:
    """The chart with its legend; accuracies, from 0 to 1, if it is not `logarithmic`."""
    drawn = [each for each in series if each.points]
    values = [value for each in drawn for _, value in each.points]
    if logarithmic:
        values = [value for value in values if value > 0]
    if not values:
        return svg(WIDTH, _LEGEND + 8, [text(0, 14, f"{title}: no figures", style=f"fill:{GREY}")])
    across = _Scale(0.0, max(max(epoch for epoch, _ in each.points) for each in drawn) or 1.0)
    up, ticks = _logarithmic(values) if logarithmic else _linear(values)
    parts = [text(0, 12, title, style="font-weight:bold"), *_axes(across, up, ticks, logarithmic)]
    parts += [_line(each, across, up) for each in drawn]
    for place, each in enumerate(drawn):
        y = _HEIGHT + 12 + _LEGEND * place
        parts.append(_stroke(f"{_LEFT},{y - 4} {_LEFT + 28},{y - 4}", each))
        parts.append(text(_LEFT + 36, y, escape(each.name)))
    return svg(WIDTH, height(series), parts)


def height(series: Sequence[Series]) -> int:
    """Of the chart, in pixels."""
    drawn = sum(bool(each.points) for each in series)
    return _HEIGHT + 16 + _LEGEND * drawn if drawn else _LEGEND + 8


def _logarithmic(values: Sequence[float]) -> tuple[_Scale, list[float]]:
    low, high = min(values), max(values)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    last = max(last, first + 1)
    every = [base * 10.0**power for power in range(first, last + 1) for base in (1, 2, 5)]
    begin = max(tick for tick in every if tick <= low * (1 + 1e-9))
    end = min((tick for tick in every if tick >= high and tick > begin), default=10.0 * begin)
    return _Scale(begin, end, True), [tick for tick in every if begin <= tick <= end]


def _linear(values: Sequence[float]) -> tuple[_Scale, list[float]]:
    low, high = min(values), min(1.0, max(values))
    step = next(each for each in _SHARES if (high - low) / each < _TICKS)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    first = first - 1 if first == last else first
    return _Scale(first * step, last * step), [place * step for place in range(first, last + 1)]


def _axes(across: _Scale, up: _Scale, ticks: Sequence[float], logarithmic: bool) -> list[str]:
    muted = f"fill:{GREY}"
    parts = [
        f'<path d="M{_LEFT} {_TOP} V{_y(0):.1f} H{WIDTH - _RIGHT}" fill="none" stroke="{GREY}"/>',
        text(WIDTH - _RIGHT, _HEIGHT - 8, "epoch", anchor="end", style=muted),
    ]
    for tick in ticks:
        y = _y(up.place(tick))
        shown = f"{tick:g}" if logarithmic else f"{100 * tick:.4g}%"
        parts.append(text(_LEFT - 6, round(y + 4, 1), shown, anchor="end", style=muted))
        parts.append(f'<path d="M{_LEFT} {y:.1f} H{WIDTH - _RIGHT}" stroke="{GREY}" stroke-opacity=".25"/>')
    step = next(each for each in _EPOCHS if across.high / each <= _MOST_EPOCHS)
    for epoch in range(0, math.floor(across.high) + 1, step):
        x = round(_x(across.place(epoch)), 1)
        parts += [text(x, _HEIGHT - 22, f"{epoch:,}", anchor="middle", style=muted)]
    return parts


def _line(series: Series, across: _Scale, up: _Scale) -> str:
    places = [(_x(across.place(epoch)), _y(min(1.0, up.place(value)))) for epoch, value in series.points]
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{_colour(series)}"/>' for x, y in places]
    return _stroke(" ".join(f"{x:.1f},{y:.1f}" for x, y in places), series) + "".join(dots * series.marked)


def _stroke(points: str, series: Series) -> str:
    dashes = "" if series.marked else ' stroke-dasharray="4 3" stroke-opacity=".8"'
    return f'<polyline points="{points}" fill="none" stroke="{_colour(series)}" stroke-width="1.5"{dashes}/>'


def _colour(series: Series) -> str:
    return _COLOURS[series.look % len(_COLOURS)]


def _x(share: float) -> float:
    return _LEFT + share * (WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

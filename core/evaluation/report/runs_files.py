"""A report on runs as HTML, as Markdown and as one SVG picture; each stands alone."""

from __future__ import annotations

from html import escape

from core.evaluation.report import charts
from core.evaluation.report.html_file import page
from core.evaluation.report.lines_chart import height, lines
from core.evaluation.report.markdown_file import escaped
from core.evaluation.report.runs_content import RunsReport
from core.evaluation.report.svg_file import LINE, MARGIN, at, sheet, wrapped

_NAMES, _COLUMN, _LONGEST = 330, 200, 24
"""Pixels of the table's columns in a picture, and the characters that one holds."""
_LOSS, _ACCURACY = "Loss", "Validation accuracy"


def html(report: RunsReport) -> str:
    """The whole file."""
    head = "".join(f"<th>{escape(name)}</th>" for name in report.names)
    rows = "".join(
        f"<tr><th>{escape(row.name)}</th>{''.join(f'<td>{escape(value)}</td>' for value in row.values)}</tr>"
        for row in report.rows
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in report.notes)
    told = f"<h2>Notes</h2><ul>{notes}</ul>" if notes else ""
    return page(
        report.title,
        f"<p>{escape(report.summary)}</p><table><tr><th></th>{head}</tr>{rows}</table>"
        f"<h2>Curves</h2>{lines(_LOSS, report.losses, logarithmic=True)}{lines(_ACCURACY, report.accuracies)}"
        f"{told}<p>Made by {escape(report.made_by)}.</p>",
    )


def markdown(report: RunsReport) -> str:
    """The whole file; of the curves, the validation accuracy after each epoch."""
    columns = "|---" * (len(report.names) + 1) + "|"
    text = [f"# {escaped(report.title)}", "", escaped(report.summary), ""]
    text += [_row("", report.names), columns, *(_row(row.name, row.values) for row in report.rows)]
    known = [dict(each.points) for each in report.accuracies]
    if epochs := sorted({epoch for each in known for epoch in each}):
        text += ["", f"## {_ACCURACY}", "", _row("epoch", report.names), columns]
        for epoch in epochs:
            text.append(_row(f"{epoch:g}", [f"{100 * each[epoch]:.2f}%" if epoch in each else "" for each in known]))
    if report.notes:
        text += ["", "## Notes", "", *(f"- {escaped(note)}" for note in report.notes)]
    return "\n".join([*text, "", f"Made by {escaped(report.made_by)}."]) + "\n"


def svg(report: RunsReport) -> str:
    """The whole file; long texts of the table are cut."""
    parts = [charts.text(MARGIN, 44, escape(report.title), style="font-size:22px;font-weight:bold")]
    y = 70
    for line in wrapped(report.summary, 110):
        parts.append(charts.text(MARGIN, y, escape(line)))
        y += LINE
    bold = "font-weight:bold"
    for name, values in [("", report.names), *((row.name, row.values) for row in report.rows)]:
        parts.append(charts.text(MARGIN, y + 8, escape(name), style=bold))
        for place, value in enumerate(values):
            shown = value if len(report.names) == 1 or len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
            x = MARGIN + _NAMES + _COLUMN * place
            parts.append(charts.text(x, y + 8, escape(shown), style="" if name else bold))
        y += LINE
    for title, series in ((_LOSS, report.losses), (_ACCURACY, report.accuracies)):
        parts.append(at(MARGIN, y + 20, lines(title, series, logarithmic=title == _LOSS)))
        y += height(series) + 20
    parts.append(charts.text(MARGIN, y + 30, f"Made by {escape(report.made_by)}"))
    return sheet(y + 50, parts, MARGIN * 2 + _NAMES + _COLUMN * len(report.names))


def _row(name: str, values: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(map(escaped, (name, *values)))} |"

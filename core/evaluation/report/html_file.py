"""A report as HTML: figures and images are inside, and nothing is loaded from elsewhere."""

from __future__ import annotations

from html import escape

from core.evaluation.report import charts
from core.evaluation.report.content import Report, caption, share

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c1f24; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
th { text-align: left; font-weight: 600; padding-right: 1.5rem; } td { padding-right: 1.5rem; }
.charts { display: flex; flex-wrap: wrap; gap: 2rem; }
.images { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; width: 10rem; } figcaption { font-size: .8rem; color: #5b616b; }
img { width: 7rem; height: 7rem; image-rendering: pixelated; border: 1px solid #d5d8dd; }
"""


def html(report: Report) -> str:
    """The whole file."""
    facts = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in report.facts)
    rows = "".join(
        f"<tr><th>{digit}</th><td>{share(each.recall)}</td><td>{share(each.precision)}</td><td>{share(each.f1)}</td></tr>"
        for digit, each in enumerate(report.measurement.figures)
    )
    figures = "".join(
        f'<figure><img src="{charts.data_url(each)}" alt="{escape(caption(each))}">'
        f"<figcaption>{escape(caption(each))}</figcaption></figure>"
        for each in report.worst
    )
    worst = f'<h2>The most confident mistakes</h2><div class="images">{figures}</div>' if figures else ""
    return page(
        report.title,
        f"<p>{escape(report.summary)}</p><table>{facts}</table>"
        "<h2>Which digit was read as which</h2><p>Rows are true digits; to the right, the share read right.</p>"
        f"{charts.matrix(report.measurement)}"
        "<h2>Each digit</h2><table><tr><th>digit</th><th>recall</th><th>precision</th><th>F1</th></tr>"
        f"{rows}</table>"
        '<h2>How far its confidence can be trusted</h2><div class="charts">'
        f"<div>{charts.reliability(report.measurement)}</div><div>{charts.rejection(report.measurement)}</div></div>"
        f"{worst}",
    )


def page(title: str, body: str) -> str:
    """A whole file; `body` is HTML, `title` is not."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )

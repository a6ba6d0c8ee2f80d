"""A report as Markdown, for an issue or a repository: tables, and images in block characters."""

from __future__ import annotations

from core.evaluation.example import Example
from core.evaluation.report.content import Report, caption, rejected, share
from core.words import percent

_IMAGES = 8
_INK = 96
"""Grey level from which a pixel is drawn."""
_BLOCKS = " ▄▀█"


def markdown(report: Report) -> str:
    """The whole file."""
    measured = report.measurement
    lines = [f"# {escaped(report.title)}", "", escaped(report.summary), "", "| | |", "|---|---|"]
    lines += [f"| {escaped(name)} | {escaped(value)} |" for name, value in report.facts]
    digits = "".join(f" {digit} |" for digit in range(len(measured.confusion)))
    lines += ["", "## Which digit was read as which", "", "Rows are true digits, columns what was read.", ""]
    lines += [f"| |{digits} recall | precision | F1 |", "|---|" + "---:|" * (len(measured.confusion) + 3)]
    for digit, (counts, figure) in enumerate(zip(measured.confusion, measured.figures, strict=True)):
        cells = "".join(f" {_cell(count, read == digit)} |" for read, count in enumerate(counts))
        lines.append(
            f"| **{digit}** |{cells} {share(figure.recall)} | {share(figure.precision)} | {share(figure.f1)} |"
        )
    lines += ["", "## How far its confidence can be trusted", "", "| confidence | images | mean | right |"]
    lines += ["|---|---:|---:|---:|"]
    lines += [
        f"| {percent(each.begin, 0)} to {percent(each.end, 0)} | {each.count:,} | {percent(each.confidence, 1)} | "
        f"{percent(each.accuracy, 1)} |"
        for each in measured.reliability
        if each.count
    ]
    lines += ["", "| least sure answers rejected | of the others right |", "|---:|---:|"]
    lines += [f"| {part}% | {percent(accuracy)} |" for part, accuracy in rejected(measured)]
    if report.worst:
        lines += ["", "## The most confident mistakes"]
        for each in report.worst[:_IMAGES]:
            lines += ["", f"{caption(each)}:", "", "```", *_drawn(each), "```"]
    return "\n".join(lines) + "\n"


def _cell(count: int, is_right: bool) -> str:
    return "·" if not count else f"{count:,}" if is_right else f"**{count:,}**"


def _drawn(example: Example) -> list[str]:
    """The image in half blocks, without empty rows around it."""
    ink = (example.seen >= _INK).astype(int)
    rows = ["".join(_BLOCKS[2 * a + b] for a, b in zip(ink[y], ink[y + 1], strict=True)) for y in range(0, len(ink), 2)]
    texts = [row.rstrip() for row in rows]
    while texts and not texts[0]:
        texts.pop(0)
    while texts and not texts[-1]:
        texts.pop()
    return texts


def escaped(text: str) -> str:
    """`text` as Markdown shows it unchanged."""
    return text.translate({ord(character): f"\\{character}" for character in "\\`*_{}[]<>|#"})

"""Reports: each format holds all of it, stands alone, and is well formed whatever names it is given."""

from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from image_folder import LabelledImages, clean
from PIL import Image
from test_evaluation_examples import _read

from core.__main__ import main
from core.errors import ConfigurationError
from core.evaluation.example import Example
from core.evaluation.examples import examples
from core.evaluation.measurement import Measurement
from core.evaluation.report.content import Report
from core.evaluation.report.writer import FORMATS, checked, write
from core.networks.checkpoint_file import Header

_EVIL = 'a<script>alert(1)</script>|`"&\x1b[2J'


def page(name: str = "digits") -> Report:
    """A report of made answers, most of which are wrong."""
    read, parts = _read()
    answer = {**read.to_json(), "part": "all its images"}
    measured = Measurement.from_json({**answer, "examples": [each.to_json() for each in examples(read, parts, 30)]})
    header = Header("deep", "fast", name, 189_834, 2, 2, 10, 0)
    return Report.of(Path("/runs/one/model.npz"), header, name, measured)


class _Reader(HTMLParser):
    """Notes what a page loads, and the images in it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href", "data")]


@pytest.mark.parametrize("suffix", FORMATS)
def test_all_of_it_is_there(suffix: str) -> None:
    """Every count of the matrix, the figures, and the mistakes with both probabilities."""
    made = page()
    text = FORMATS[suffix](made)
    plain = re.sub(r"[\\*]", "", text)
    for _, value in made.facts:
        assert value in plain
    assert {str(count) for row in made.measurement.confusion for count in row if count} <= set(re.findall(r"\d+", text))
    worst = made.worst[0]
    assert f"{worst.label} read as {worst.read}" in text and f"{worst.certainty:.1%}" in text
    if suffix != ".svg":
        assert f"{made.measurement.figures[3].f1:.1%}" in text


@pytest.mark.parametrize("suffix", FORMATS)
def test_it_stands_alone_and_runs_nothing(suffix: str) -> None:
    """Whatever the set is called; nothing is loaded from elsewhere."""
    text = FORMATS[suffix](page(_EVIL))
    assert "\x1b" not in text and not re.search(r"(?<!\\)<script", text)
    reader = _Reader()
    reader.feed(text)
    assert "script" not in reader.tags or suffix == ".md"
    assert all(link.startswith("data:image/png;base64,") for link in reader.links)


def test_html_and_svg_are_well_formed_and_their_images_are_what_was_seen() -> None:
    """As a parser of XML and one of images find them."""
    made = page(_EVIL)
    root = ElementTree.fromstring(FORMATS[".svg"](made))
    images = [each for each in root.iter() if each.tag.endswith("image")]
    assert len(images) == len(made.worst) == 24
    for element, example in zip(images, made.worst, strict=True):
        png = base64.b64decode(element.attrib["href"].partition(",")[2])
        assert np.array_equal(255 - np.asarray(Image.open(io.BytesIO(png))), example.seen)
    for chart in re.findall(r"<svg.*?</svg>", FORMATS[".html"](made)):
        ElementTree.fromstring(chart)


def test_a_network_without_mistakes_has_a_report_too() -> None:
    """Neither an empty list of images nor a division by zero."""
    seen = np.zeros((28, 28), np.uint8)
    measured = Measurement(
        tuple(tuple(3 if row == column else 0 for column in range(10)) for row in range(10)),
        "all its images",
        0.0,
        (),
        ((0.0, 1.0), (0.5, 1.0)),
        (Example(0, 1, 1, 0.9, 0.9, seen),),
    )
    made = Report.of(Path("/runs/one/model.npz"), Header("deep", "fast", "own", 1, 1, 1, 1, 0), "own", measured)
    for make in FORMATS.values():
        assert "Every image was read correctly" in make(made)
    ElementTree.fromstring(FORMATS[".svg"](made))


@pytest.mark.parametrize("name", ["report.pdf", "report", "nowhere/report.html"])
def test_a_file_that_cannot_be_written_is_said_first(name: str, tmp_path: Path) -> None:
    """Before minutes are spent on measuring."""
    with pytest.raises(ConfigurationError, match=r"must end in|no folder"):
        checked(tmp_path / name)


def test_what_cannot_be_written_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in the way is told with the reason."""
    (tmp_path / "r.md").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write(page(), tmp_path / "r.md")
    assert [each.name for each in tmp_path.iterdir()] == ["r.md"]


def test_the_command_writes_it(tmp_path: Path, mnist_part: LabelledImages, capsys: pytest.CaptureFixture[str]) -> None:
    """In each format, beside what it prints; a wrong name costs no measurement."""
    folder = clean(tmp_path / "digits", mnist_part, each=2)
    for suffix in FORMATS:
        path = tmp_path / f"report{suffix}"
        assert main(["evaluate", "--data", str(folder), "--report", str(path)]) == 0
        assert "Calibration error" in path.read_text() and "digits" in path.read_text()
        assert f"report: {path}" in capsys.readouterr().err
    assert main(["evaluate", "--data", str(folder), "--report", str(tmp_path / "report.doc")]) == 2
    out, err = capsys.readouterr()
    assert "must end in .html, .md or .svg" in err and not out

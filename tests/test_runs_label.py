"""core.runs.label and naming: what a person calls a run, and has noted about it."""

from __future__ import annotations

import json

import pytest
from run_story import ended_run

from core.errors import RunError
from core.runs import label, naming
from core.runs.outline import RunOutline
from core.runs.run import find_run
from core.runs.writer import RunWriter


def test_a_title_is_as_good_as_the_name() -> None:
    """In any case; also while the run is going, whose directory keeps its name."""
    run, other = (ended_run(f"2026-01-{day}-100000-mnist-fast") for day in (29, 30))
    with RunWriter(run):
        naming.rename(run, "  My best ")
        label.write_note(run.path, "with Ada's pen")
    assert find_run("my BEST") == find_run(run.name) == run
    outline = RunOutline.of(run)
    assert (outline.title, outline.label.note, outline.trouble) == ("My best", "with Ada's pen", "")
    assert RunOutline.of(other).title == other.name
    naming.rename(run, "")
    assert run.label == label.RunLabel("", "with Ada's pen")
    with pytest.raises(RunError, match="no run is called 'my best'"):
        find_run("my best")


@pytest.mark.parametrize(
    "title", ["last", "a/b", "x" * 41, "two\nlines", "\x1b[2J", "Taken", "2026-01-30-100000-mnist-fast"]
)
def test_a_title_that_would_mislead_is_refused(title: str) -> None:
    """The old one stays."""
    run, other = (ended_run(f"2026-01-{day}-100000-mnist-fast") for day in (29, 30))
    naming.rename(run, "old")
    naming.rename(other, "taken")
    with pytest.raises(RunError):
        naming.rename(run, title)
    assert run.label.title == "old"


def test_a_run_may_keep_its_own_title() -> None:
    """In another case, too."""
    run = ended_run("2026-01-29-100000-mnist-fast")
    naming.rename(run, "mine")
    naming.rename(run, "Mine")
    assert run.label.title == "Mine"


def test_a_long_note_is_refused_with_its_length() -> None:
    """And nothing is written."""
    run = ended_run("2026-01-29-100000-mnist-fast")
    with pytest.raises(RunError, match="401 characters; at most 400"):
        label.write_note(run.path, "x" * 401)
    assert not (run.path / "label.json").exists()


def test_what_a_later_version_wrote_is_kept() -> None:
    """When the title changes."""
    run = ended_run("2026-01-29-100000-mnist-fast")
    (run.path / "label.json").write_text(json.dumps({"title": "a", "colour": [1, 2]}))
    naming.rename(run, "b")
    assert json.loads((run.path / "label.json").read_text()) == {"title": "b", "colour": [1, 2]}


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"title": 3}', '{"note": "\\u001b[2J"}', '{"title": "' + "x" * 50 + '"}']
)
def test_a_damaged_label_is_said_and_hides_no_run(content: str) -> None:
    """What can be read of it is used, and a new title sets a file aside that cannot be read at all."""
    run = ended_run("2026-01-29-100000-mnist-fast")
    file = run.path / "label.json"
    file.write_text(content)
    assert run.label.trouble and RunOutline.of(run).title == run.name
    naming.rename(run, "new")
    assert run.label.title == "new"
    aside = run.path / "label.damaged-1.json"
    assert aside.exists() == (content in ("{", "[]")) and (not aside.exists() or aside.read_text() == content)

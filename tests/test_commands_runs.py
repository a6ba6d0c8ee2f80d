"""`runs`: the list, and what is done with the runs that are chosen."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest
from run_story import ended_run, interrupted_run

from core.__main__ import main
from core.runs.run import Run, list_runs

ENDED, KILLED = "2026-01-29-100000-mnist-fast", "2026-01-30-100000-mnist-fast"


@pytest.fixture(autouse=True)
def two_runs() -> tuple[Run, Run]:
    """A finished run, and a newer one that was killed."""
    return ended_run(ENDED), interrupted_run(KILLED)


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Status, output and errors of `digits-tui runs ARGUMENTS`."""
    status = main(["runs", *arguments])
    out, error = capsys.readouterr()
    return status, out, error


def test_a_title_and_a_note_stand_in_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    """As text and as JSON; the title names the run from then on."""
    assert called(capsys, ENDED, "--rename", "My best")[0] == 0
    assert called(capsys, "my best", "--note", "with Ada's pen")[0] == 0
    status, out, _ = called(capsys)
    lines = out.splitlines()
    assert status == 0 and [line.split()[0] for line in lines] == [KILLED, ENDED, "My"]
    assert lines[2].strip() == "My best: with Ada's pen"
    _, out, _ = called(capsys, "MY BEST", "--json")
    row = json.loads(out)
    assert (row["name"], row["title"], row["note"]) == (ENDED, "My best", "with Ada's pen")
    called(capsys, "my best", "--note", "")
    assert "note" not in json.loads(called(capsys, ENDED, "--json")[1])


def test_the_list_is_filtered_and_sorted(capsys: pytest.CaptureFixture[str]) -> None:
    """In both directions; words that fit nothing are said."""
    assert [line.split()[0] for line in called(capsys, "--reverse")[1].splitlines()] == [ENDED, KILLED]
    assert [line.split()[0] for line in called(capsys, "--sort", "time")[1].splitlines()] == [KILLED, ENDED]
    assert [line.split()[0] for line in called(capsys, "--filter", "FINISHED mnist")[1].splitlines()] == [ENDED]
    assert called(capsys, "--filter", "nonsense")[1:] == ("", "no run matches\n")


def test_the_table_goes_to_a_file_or_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The same; a file that is there is left alone."""
    _, out, _ = called(capsys, "--csv", "-")
    assert [row["name"] for row in csv.DictReader(io.StringIO(out))] == [KILLED, ENDED]
    path = tmp_path / "runs.csv"
    assert called(capsys, "--csv", str(path))[0] == 0
    assert path.read_text().splitlines() == out.splitlines()
    status, _, error = called(capsys, "--csv", str(path))
    assert status == 1 and "is there already" in error


def test_runs_are_compared(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """In columns that fit the terminal, and as JSON; one run has nothing to be compared with."""
    monkeypatch.setenv("COLUMNS", "80")
    status, out, _ = called(capsys, "--compare")
    assert status == 0 and "99.23% of 10,000" in out and "240 of 240" in out and "Fewer than two" in out
    assert max(map(len, out.splitlines())) <= 80
    answer = json.loads(called(capsys, ENDED, KILLED, "--compare", "--json")[1])
    assert answer["runs"] == [ENDED, KILLED] and answer["rows"]["state"] == ["finished", "stopped"]
    status, _, error = called(capsys, ENDED, "--compare")
    assert status == 2 and "1 run chosen; 2 to 8" in error


@pytest.mark.parametrize("suffix", [".html", ".md", ".svg"])
def test_a_report_is_written(suffix: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Of one run and of several; not of all without a word."""
    path = tmp_path / f"report{suffix}"
    assert called(capsys, ENDED, "--report", str(path))[0] == 0
    assert "99.23%" in path.read_text()
    assert called(capsys, ENDED, KILLED, "--report", str(path))[0] == 0
    assert "2 runs compared" in path.read_text()
    status, _, error = called(capsys, "--report", str(path))
    assert status == 2 and "--report needs a RUN" in error
    status, _, error = called(capsys, ENDED, "--report", str(tmp_path / "report.pdf"))
    assert status == 2 and "must end in .html, .md or .svg" in error


@pytest.mark.parametrize("answer", ["y\n", "n\n", ""])
def test_deleting_asks_on_a_terminal(
    answer: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And deletes for good."""
    terminal = io.StringIO(answer)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    status, _, error = called(capsys, ENDED, "--delete")
    assert "Delete 1 run for good? [y/N]" in error
    agreed = answer == "y\n"
    assert status == (0 if agreed else 1) and [run.name for run in list_runs()] == [KILLED] + [ENDED] * (not agreed)


def test_deleting_without_a_terminal_needs_a_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And names: nothing deletes all runs at once."""
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert called(capsys, ENDED, "--delete")[0] == 1
    assert called(capsys, "--delete", "--yes")[0] == 2
    assert called(capsys, ENDED, "--yes")[0] == 2
    assert len(list_runs()) == 2
    assert called(capsys, ENDED, KILLED, "--delete", "--yes")[0] == 0
    assert list_runs() == []


@pytest.mark.parametrize("named", [(), (ENDED, KILLED)])
def test_a_name_is_for_one_run(named: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """As is a note."""
    for option in ("--rename", "--note"):
        status, _, error = called(capsys, *named, option, "mine")
        assert status == 2 and "exactly one RUN" in error


def test_what_is_changed_is_named_not_filtered(capsys: pytest.CaptureFixture[str]) -> None:
    """Or a filter that is passed over would change the wrong ones."""
    for change in (("--delete", "--yes"), ("--rename", "mine"), ("--note", "mine")):
        status, _, error = called(capsys, ENDED, "--filter", "nonsense", *change)
        assert status == 2 and "--filter chooses runs to list" in error
    assert len(list_runs()) == 2


def test_the_table_is_written_whatever_the_names(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A run whose folder is called in no encoding, and a file that can have no such name."""
    run = list_runs()[0]
    run.path.rename(os.fsdecode(os.fsencode(run.path) + b"-\xff"))
    assert called(capsys, "--csv", str(tmp_path / "runs.csv"))[0] == 0
    assert "\ufffd" in (tmp_path / "runs.csv").read_text()
    status, _, error = called(capsys, "--csv", str(tmp_path / ("x" * 300)))
    assert status == 1 and "cannot be written" in error

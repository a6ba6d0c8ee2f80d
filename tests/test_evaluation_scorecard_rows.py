"""What a scorecard's figures show, and what they come to in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core import paths
from core.evaluation.scorecard_rows import Figures, Kind, Outcome, Row, Scorecard, ScoredModel, Speed
from core.evaluation.scorecard_words import summary

MODELS = [ScoredModel("/a/model.npz", "new", ""), ScoredModel("/b.npz", "the shipped model", "")]


def _row(name: str, kind: str, verdict: str, rejected: int = 0, *, more: bool = False) -> Row:
    figures = Figures(90, 100, rejected, 0.02), Figures(80, 100, 0, 0.03)
    return Row(name, Kind(kind), 100, figures=figures, verdict=Outcome(verdict), rejects_more=more)


def test_figures_show_what_so_many_images_can_tell() -> None:
    """The places of the share, its interval, rejections; a dash for what is not known."""
    assert Figures(9971, 10_000, 12, 0.00213).cells == ("99.71%", "99.58–99.80%", "12 (0.1%)", "0.21%")
    assert Figures(97, 100).cells[2:] == ("–", "–") and Figures(97, 100, 0, 0.1).cells[2:] == ("0", "10.0%")
    for right, count in ((5, 0), (6, 5), (-1, 5)):
        with pytest.raises(ValueError, match="no figure"):
            Figures(right, count)


def test_it_survives_the_way_to_the_interface() -> None:
    """As JSON and back; what is something else is an error, not a strange table."""
    rows = (_row("mine", "own", "better"), Row("gone", Kind.GIVEN, error="there is no such folder"))
    card = Scorecard("It is better.", tuple(MODELS), rows, (Speed(2.0, 3.25, 200), Speed(2.5, 4.0, 200)))
    told = json.loads(json.dumps(card.to_json()))
    assert Scorecard.from_json(told) == card
    for broken in (
        {},
        {**told, "rows": [{}]},
        {**told, "speeds": [{"x": 1}]},
        {**told, "rows": [{**told["rows"][0], "verdict": "superb"}]},
    ):
        with pytest.raises((KeyError, TypeError, ValueError)):
            Scorecard.from_json(broken)


def test_a_checkpoint_is_called_what_a_person_calls_it() -> None:
    """The shipped model, a run by its name, a file by its own, without what would steer a terminal."""
    assert ScoredModel.of(paths.shipped_checkpoint(), "").name == "the shipped model"
    assert ScoredModel.of(Path("/runs/2026-a/model.npz"), "").name == "2026-a"
    assert ScoredModel.of(Path("/x/my\x1b.npz"), "t\x1b").name == "my�"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([_row("mine", "own", "better")], "new is better for you than the shipped model on mine: 90.0% of 100 images"),
        ([_row("mine", "own", "worse"), _row("b", "given", "same")], "worse for you than the shipped model on mine"),
        ([_row("mine", "own", "better"), _row("b", "given", "worse")], "better for you on mine and worse on b"),
        ([_row("mine", "own", "same")], "as good for you as the shipped model"),
        ([_row("m", "mnist", "worse")], "is worse than the shipped model on MNIST's test set"),
        ([_row("m", "mnist", "same")], "not significantly different from the shipped model on MNIST's test set"),
        ([_row("m", "mnist", "worse"), _row("mine", "own", "better")], "On MNIST's test set it is worse:"),
        ([_row("m", "mnist", "better"), _row("mine", "own", "better")], "On MNIST's test set it is better too:"),
        ([_row("m", "mnist", "same"), _row("mine", "own", "")], "None of your own sets tells"),
        ([_row("mine", "own", "better", 40, more=True)], "But it rejects 40 of 100 digits in mine"),
        ([Row("gone", Kind.GIVEN, error="it is gone")], "None of your own sets tells"),
    ],
)
def test_one_sentence_says_whether_it_is_better_for_the_person(rows: list[Row], said: str) -> None:
    """Their own sets decide; MNIST is said besides."""
    assert said in summary(MODELS, rows)


def test_one_alone_is_summed_up() -> None:
    """All sets that were read, and those that could not be are left to their rows."""
    figures = (Figures(96, 100, 0, 0.1),)
    rows = [Row("MNIST's test set", Kind.MNIST, 100, figures=figures), Row("gone", Kind.GIVEN, error="it is gone")]
    assert summary(MODELS[1:], rows) == "The shipped model reads 96.0% of MNIST's test set (100 images) right."
    assert "could not be measured" in summary(MODELS[1:], rows[1:])

"""The scorecard in the app: the sentence first, rows as they come, another checkpoint, another set."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from check_app import child_of
from drawing_app import DrawingApp
from fake_core import install
from layout import clipped, scrollbars, settled, text, until
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input
from trained import trained

from core import paths
from core.config.configuration import TrainingConfig
from core.evaluation.scorecard_rows import Figures, Kind, Outcome, Row, Scorecard, ScoredModel, Speed
from core.evaluation.scorecard_words import summary
from core.runs.run import Run, create_run
from tui.app import DigitsApp
from tui.screens.ask import Ask
from tui.screens.checkpoints import CheckpointScreen
from tui.screens.comparison import ComparisonScreen
from tui.screens.mistakes import MistakesScreen
from tui.screens.scorecard import ScorecardScreen
from tui.widgets.shared.long_list import LongList
from tui.widgets.shared.pages import Pages

SIZES = [(80, 24), (160, 50)]

pytestmark = pytest.mark.usefixtures("children_end")


@pytest.fixture
def run() -> Run:
    """A run with a model that can be chosen."""
    made = create_run(TrainingConfig(data="/own/digits"))
    run = Run(made.path.rename(made.path.parent / "2024-01-31-142500-own-fine-tune"))
    trained(run.model, figures={"test_accuracy": 0.97})
    return run


def _card(models: list[Path], *names: str) -> dict[str, Any]:
    """What a child answers for these models: they differ on each set but MNIST."""
    mnist = Figures(9963, 10_000, 12, 0.0021), Figures(9965, 10_000, 0, 0.0018)
    own = Figures(117, 120), Figures(108, 120, 3, 0.031)
    rows = [
        Row(
            "MNIST's test set",
            Kind.MNIST,
            10_000,
            "",
            mnist[: len(models)],
            Outcome.SAME,
            "4 images are read right only …",
            data="mnist",
        ),
        *(
            Row(
                name,
                Kind.OWN,
                120,
                "",
                own[: len(models)],
                Outcome.BETTER,
                "",
                notes=("It is cross-validated.",),
                data=f"/home/me/{name}",
            )
            for name in names
        ),
    ]
    told = [ScoredModel.of(path, "") for path in models]
    if len(models) == 1:
        rows = [Row(each.name, each.kind, each.images, figures=each.figures[:1], data=each.data) for each in rows]
    speeds = (Speed(1.9, 2.75, 200), Speed(2.1, 3.25, 200))[: len(models)]
    return Scorecard(summary(told, rows), tuple(told), tuple(rows), speeds).to_json()


def _asked(models: list[Path], *sets: str) -> str:
    first, second = models[0], models[-1]
    return " ".join(["scorecard --checkpoint", str(first), "--against", str(second), "--json --", *sets])


def _steps(card: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*({"done": 1, "total": 2, "doing": "reading", "row": row} for row in card["rows"]), card]


async def _measured(pilot: Pilot[Any], *, done: Callable[[ScorecardScreen], bool] | None = None) -> ScorecardScreen:
    """Wait until the figures are there."""
    await until(pilot, lambda: isinstance(pilot.app.screen, ScorecardScreen) and pilot.app.screen.is_mounted)
    screen = pilot.app.screen
    assert isinstance(screen, ScorecardScreen)
    await until(pilot, lambda: done(screen) if done else not screen.query_one("#progress").display)
    await settled(pilot)
    return screen


@pytest.mark.parametrize("size", SIZES)
async def test_a_person_sees_at_once_whether_it_is_better(
    monkeypatch: pytest.MonkeyPatch, run: Run, size: tuple[int, int]
) -> None:
    """The sentence, both models' figures for each set, the verdict in words and signs, and the speed."""
    models = [run.model, paths.shipped_checkpoint()]
    install(monkeypatch, {_asked(models): _steps(_card(models, "own"))})
    app = DigitsApp()
    async with app.run_test(size=size) as pilot:
        app.owners.model.use(run.model)
        await pilot.press("j")
        screen = await _measured(pilot)
        assert clipped(app) == [] and not scrollbars(app)
        seen = text(app)
        assert f"{run.name} is better for you than the shipped model on own" in " ".join(seen.split())
        for word in (
            "▲ better",
            "= not significant",
            "99.63%",
            "97.5%",
            "90.0%",
            "12 (0.1%)",
            "cross-validated",
        ):
            assert word in seen
        assert "1.9 ms, 95 of 100 within 2.8 ms" in seen or "1.9 ms, 95 of 100 within 2.7 ms" in seen
        assert screen.query_one("#sets").max_scroll_y <= 5  # at most what the heads mean is further down
        line = next(line for line in seen.splitlines() if "MNIST's test set, 10,000" in line)
        assert ("99.63%" in line and "99.65%" in line) == (size[0] == 160)  # beside each other where there is room
        await pilot.press("escape")
        assert app.current_mode == "home" and not isinstance(app.screen, ScorecardScreen)


async def test_rows_come_while_it_measures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """How far it is, and what is known already."""
    card = _card([paths.shipped_checkpoint()], "own")
    progress = {"done": 3, "total": 9, "doing": "timing single readings", "row": card["rows"][0]}
    gate = tmp_path / "gate"
    wait = (
        "import os, sys, time; _, gate, *lines = sys.argv; print(lines[0], flush=True)\n"
        "while not os.path.exists(gate): time.sleep(0.02)\n"
        "print(lines[1])"
    )
    child_of(monkeypatch, wait, str(gate), json.dumps(progress), json.dumps(card))
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j")
        await _measured(pilot, done=lambda _: "Timing single readings: 3 of 9" in text(app))
        assert "MNIST's test set, 10,000 images" in text(app) and "own, 120" not in text(app)
        assert clipped(app) == []
        gate.touch()
        await _measured(pilot)
        assert "own, 120" in text(app)


async def test_another_checkpoint_is_chosen_to_compare_with(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """The shipped one alone at first; the chooser offers no second scorecard there."""
    shipped = paths.shipped_checkpoint()
    both = [shipped, run.model]
    asked = install(monkeypatch, {_asked([shipped]): [_card([shipped])], _asked(both): _steps(_card(both, "own"))})
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j")
        await _measured(pilot)
        assert "The shipped model reads" in text(app)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, CheckpointScreen) and app.screen.query_one(LongList).count)
        await pilot.press("j")
        assert isinstance(app.screen, CheckpointScreen)
        await pilot.press("down", "enter")
        await until(pilot, lambda: asked[-1] == _asked(both))
        await _measured(pilot)
        assert "Scorecard: the shipped model and 2024-01-31" in text(app)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, CheckpointScreen))
        await pilot.press("escape")
        await settled(pilot)
        assert len(asked) == 2  # nothing was chosen


async def test_the_chooser_of_the_drawing_screen_compares_the_highlighted_one(
    monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """With the one that reads, and comes back to the choice."""
    models = [run.model, paths.shipped_checkpoint()]
    install(monkeypatch, {_asked(models): _steps(_card(models))})
    app = DrawingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("k")
        await until(pilot, lambda: isinstance(app.screen, CheckpointScreen) and app.screen.query_one(LongList).count)
        await pilot.press("down", "j")
        await _measured(pilot)
        await pilot.press("escape")
        assert isinstance(app.screen, CheckpointScreen)


async def test_a_set_is_added_by_its_path_for_this_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_set: Path
) -> None:
    """A path that leads nowhere is said in the dialog; nothing is kept in the catalogue."""
    shipped = [paths.shipped_checkpoint()]
    asked = install(
        monkeypatch,
        {_asked(shipped): [_card(shipped)], _asked(shipped, str(small_set)): [_card(shipped, "small")]},
    )
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j")
        await _measured(pilot)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press(*"nowhere", "enter")
        await until(pilot, lambda: "no data set is called" in " ".join(text(app).split()))
        assert clipped(app) == []
        app.screen.query_one("#field-0", Input).value = str(small_set)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ScorecardScreen))
        await _measured(pilot)
        assert asked[-1] == _asked(shipped, str(small_set)) and "small, 120 images" in text(app)
        before = len(asked)
        await pilot.press("r")
        await until(pilot, lambda: len(asked) > before)
        assert asked[-1] == _asked(shipped, str(small_set))


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([{"error": "there is no checkpoint /gone.npz"}, {"exit": 1}], "there is no checkpoint /gone.npz"),
        ([{"complain": "Boom"}, {"exit": 3}], "Boom"),
        ([{"nothing": "of sense"}], "is not valid"),
        ([{"done": 1, "total": 2, "doing": "reading"}], "without an answer"),
        ([{"done": 1, "total": 2, "doing": "x", "row": {"name": 5}}], "is not valid"),
    ],
)
async def test_what_goes_wrong_is_said(monkeypatch: pytest.MonkeyPatch, steps: list[dict[str, Any]], said: str) -> None:
    """And can be tried again."""
    shipped = [paths.shipped_checkpoint()]
    install(monkeypatch, {_asked(shipped): steps})
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j")
        await _measured(pilot)
        seen = " ".join(text(app).split())
        assert "✗" in seen and said in seen and "Press r to measure again" in seen


async def test_it_opens_from_the_palette_everywhere_but_not_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """From any screen; where it is open it is not offered."""
    shipped = [paths.shipped_checkpoint()]
    install(monkeypatch, {_asked(shipped): [_card(shipped)]})
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        [command] = [each for each in app.get_system_commands(app.screen) if each.title == "Everywhere: Scorecard"]
        await command.callback()
        await _measured(pilot)
        names = [each.title for each in app.get_system_commands(app.screen)]
        assert "Everywhere: Scorecard" not in names and "Scorecard: Compare with" in names
        assert len(names) == len(set(names))
        await pilot.press("j")
        assert len(app.screen_stack) == 2


async def test_many_sets_scroll(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """With the keys, without a mouse; the sentence and the keys stay."""
    models = [run.model, paths.shipped_checkpoint()]
    install(monkeypatch, {_asked(models): _steps(_card(models, *(f"set {number}" for number in range(9))))})
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.owners.model.use(run.model)
        await pilot.press("j")
        await _measured(pilot)
        assert "set 8, 120 images" not in text(app)
        await pilot.press("end")
        await settled(pilot)
        assert "set 8, 120 images" in text(app) and "is better for you" in text(app)
        assert clipped(app) == []


@pytest.mark.parametrize("key", ["a", "o"])
async def test_escape_typed_at_once_with_the_key_of_a_dialog_closes_that(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """Not the scorecard, which would leave the dialog over the screen below."""
    shipped = paths.shipped_checkpoint()
    install(monkeypatch, {_asked([shipped]): _steps(_card([shipped], "own"))})
    app = DigitsApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j")
        screen = await _measured(pilot)
        for each in (key, "escape"):
            app.post_message(events.Key(each, None))
        await settled(pilot)
        await until(pilot, lambda: app.screen is screen)
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)


@pytest.mark.parametrize("size", SIZES)
async def test_any_set_opens_with_its_mistakes_and_with_what_differs(
    monkeypatch: pytest.MonkeyPatch, run: Run, size: tuple[int, int]
) -> None:
    """By keys and by mouse; with many sets too the chosen one is in sight."""
    models = [run.model, paths.shipped_checkpoint()]
    names = [f"a set with a long name {number}" for number in range(8)]
    card = _card(models, *names)
    gone = Row("gone", Kind.GIVEN, error="it is gone", data="/gone").to_json()
    card["rows"] = [card["rows"][0], gone, *card["rows"][1:]]
    evaluate = f"evaluate --checkpoint {run.model}"
    more = "--examples 60 --json"
    against = f"--against {models[1]} --data"
    asked = install(
        monkeypatch,
        {
            _asked(models): _steps(card),
            f"{evaluate} --data mnist {more}": [{"error": "x"}],
            f"{evaluate} {against} /home/me/{names[7]} {more}": [{"error": "x"}],
            f"{evaluate} --data /home/me/{names[6]} {more}": [{"error": "x"}],
        },
    )
    app = DigitsApp()
    async with app.run_test(size=size) as pilot:
        app.owners.model.use(run.model)
        await pilot.press("j")
        screen = await _measured(pilot)
        assert clipped(app) == [] and not scrollbars(app)

        async def opens(key: str, of: type[MistakesScreen] | type[ComparisonScreen]) -> None:
            before = len(asked)
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, of) and len(asked) > before)
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is screen)

        await pilot.press("left")
        await opens("m", MistakesScreen)
        assert asked[-1] == f"{evaluate} --data mnist {more}"
        await pilot.press(*["right"] * 20)
        await settled(pilot)
        shown = screen.query_one(Pages)
        assert f" {shown.names[shown.shown]} " in next(line for line in text(app).splitlines() if "Open:" in line)
        await opens("enter", ComparisonScreen)
        assert asked[-1] == f"{evaluate} {against} /home/me/{names[7]} {more}"
        pages = screen.query_one(Pages)
        await pilot.click(Pages, offset=(sum(len(name) + 2 for name in pages.names[: pages.shown]) - 3, 0))
        await opens("m", MistakesScreen)
        assert asked[-1] == f"{evaluate} --data /home/me/{names[6]} {more}"

"""Images among a network's mistakes are relabelled or left out, where the set is the user's own."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import kept_digits
from fake_core import install
from image_folder import LabelledImages, clean
from layout import clipped, scrollbars, text, until
from test_screens_mistakes import MistakesApp, answer, measured
from textual.pilot import Pilot

from core import paths
from core.data import amendments, own_sets
from core.evaluation.example import Example
from tui.widgets.mistakes.example_images import ExampleImages

SIZES = [(80, 24), (160, 50)]


def _measured_on(monkeypatch: pytest.MonkeyPatch, data: str, *sources: str) -> None:
    """Have a child say that these files, of sevens, are read as 1."""
    told = answer()
    sevens = [Example.from_json(each) for each in told["examples"][: len(sources)]]
    told["examples"] = [
        dataclasses.replace(each, source=source).to_json() for each, source in zip(sevens, sources, strict=True)
    ]
    asked = f"evaluate --checkpoint {paths.shipped_checkpoint()} --data {data} --examples 60 --json"
    install(monkeypatch, {asked: [told]})


async def _at_images(pilot: Pilot[Any]) -> None:
    """With the keys at the images, once it is known whether they can be corrected."""
    await measured(pilot)
    await until(pilot, lambda: pilot.app.screen.query_one(ExampleImages).example is not None)
    await pilot.press("enter")


def _said(app: MistakesApp) -> str:
    return " ".join(text(app).split())


def _notices(app: MistakesApp) -> str:
    return "\n".join(each.message for each in app._notifications)


@pytest.mark.parametrize("size", SIZES)
async def test_an_image_of_a_folder_gets_another_label(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mnist_part: LabelledImages
) -> None:
    """By a digit; it is marked, no file is changed, and undo takes it back, one decision after the other."""
    folder = clean(tmp_path / "photos", mnist_part, each=2)
    _measured_on(monkeypatch, str(folder), "7/000.png", "7/001.png")
    app = MistakesApp(str(folder))
    async with app.run_test(size=size) as pilot:
        await _at_images(pilot)
        assert "Image 1, 7/000.png, is read as 1 (99.00%) and labelled 7 (1.00%)." in _said(app)
        assert "Leave out" in text(app)
        await pilot.press("1", "right", "x")
        await until(pilot, lambda: "* left out" in text(app))
        assert {path: each.label for path, each in amendments.read(folder).items()} == {
            "7/000.png": 1,
            "7/001.png": None,
        }
        assert "* 7 → 1" in text(app) and "Corrected: left out; u undoes, r measures again." in _said(app)
        assert clipped(app) == [] and not scrollbars(app) and app.screen.query_one(ExampleImages).marked == 1
        await pilot.press("u")
        await until(pilot, lambda: "7/001.png is used as it is again" in _notices(app))
        await pilot.press("u")
        await until(pilot, lambda: not amendments.read(folder) and "* 7" not in text(app))
        await pilot.press("u")
        await until(pilot, lambda: "nothing to undo" in _notices(app))
        assert len(list(folder.rglob("*.png"))) == 20


async def test_earlier_decisions_show_and_the_old_label_withdraws_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mnist_part: LabelledImages
) -> None:
    """Such as those of a check-up."""
    folder = clean(tmp_path / "photos", mnist_part, each=2)
    amendments.relabel(folder, "7/001.png", 4)
    _measured_on(monkeypatch, str(folder), "7/000.png", "7/001.png")
    app = MistakesApp(str(folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await _at_images(pilot)
        assert "* 7 → 4" in text(app)
        await pilot.press("right", "7")
        await until(pilot, lambda: not amendments.read(folder) and "* 7" not in text(app))


async def test_a_drawing_is_moved_and_comes_back(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """An own set has its own undo, which knows what was done on its own screen too."""
    own = own_sets.active()
    kept_digits(own, [*range(10), *range(10)])
    first, second = [each.path for each in own_sets.drawings(own) if each.label == 7]
    _measured_on(monkeypatch, "own", f"7/{first.name}", f"7/{second.name}")
    app = MistakesApp("own")
    async with app.run_test(size=(80, 24)) as pilot:
        await _at_images(pilot)
        await pilot.press("1", "right", "x")
        await until(pilot, lambda: "* removed" in text(app))
        assert "* 7 → 1" in text(app) and own_sets.counts(own)[1] == 3 and own_sets.counts(own)[7] == 0
        await pilot.press("u")
        await until(pilot, lambda: "The 7 that was removed is back." in _notices(app))
        await pilot.press("left", "2")  # it is moved once more, from where it is now
        await until(pilot, lambda: "* 7 → 2" in text(app))
        await pilot.press("u", "u")
        await until(pilot, lambda: first.exists() and second.exists() and "* 7" not in text(app))


async def test_what_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mnist_part: LabelledImages
) -> None:
    """And nothing is marked."""
    folder = clean(tmp_path / "photos", mnist_part, each=2)
    _measured_on(monkeypatch, str(folder), "7/000.png")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    app = MistakesApp(str(folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await _at_images(pilot)
        monkeypatch.setattr("core.system.atomic.write_text", full)
        await pilot.press("3")
        await until(pilot, lambda: "No space left on device" in _notices(app))
        assert "* 7" not in text(app)


async def test_mnist_and_archives_are_not_corrected(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mnist_part: LabelledImages
) -> None:
    """No such key is offered, and none does anything."""
    np.savez(tmp_path / "some.npz", images=mnist_part[0][:20], labels=mnist_part[1][:20])
    for data in ("mnist", str(tmp_path / "some.npz")):
        _measured_on(monkeypatch, data, "")
        app = MistakesApp(data)
        async with app.run_test(size=(80, 24)) as pilot:
            await _at_images(pilot)
            await pilot.press("1", "x", "u")
            await pilot.pause()
            assert "Leave out" not in text(app) and "Undo" not in text(app) and "* " not in text(app)
            assert not app.screen.query_one(ExampleImages).can_correct


@pytest.mark.parametrize("corrects", [True, False])
async def test_whoever_opened_the_screen_hears_of_corrections(
    corrects: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mnist_part: LabelledImages
) -> None:
    """So that it reads the set again."""
    folder = clean(tmp_path / "photos", mnist_part, each=2)
    _measured_on(monkeypatch, str(folder), "7/000.png")
    results: list[bool | None] = []
    app = MistakesApp(str(folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await _at_images(pilot)
        app.opened._result_callbacks[-1].callback = results.append
        if corrects:
            await pilot.press("1")
            await until(pilot, lambda: "* 7 → 1" in text(app))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is not app.opened)
    assert results == [corrects]

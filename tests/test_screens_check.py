"""The check-up in the app: what was found, what a person decides, odd files and large folders."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from check_app import (
    ANSWER,
    CheckApp,
    child_of,
    contents,
    decisions,
    decoded,
    digit_one,
    filled,
    found,
    named,
    notices,
    open_images,
    opened,
    told,
)
from layout import clipped, scrollbars, settled, text, until
from numpy.typing import NDArray
from PIL import Image
from textual.pilot import Pilot
from textual.widgets import ProgressBar
from waiting import LONGEST, comes_true

from core.checkup.checkup import Checkup
from core.checkup.finding import Picture, label_of
from core.data import amendments
from core.data.image_file import seen_in
from core.errors import DataError
from tui.screens import palette
from tui.state.requests import LookInside
from tui.widgets.check.before_after import BeforeAfter
from tui.widgets.check.findings import Findings

SIZES = [(80, 24), (160, 50)]

pytestmark = pytest.mark.usefixtures("children_end")


@pytest.fixture
def folder(tmp_path: Path, mnist_part: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> Path:
    """Images of 0 to 3, and two files that are none."""
    return filled(tmp_path / "mine", mnist_part)


# What was found


@pytest.mark.parametrize("size", SIZES)
async def test_findings_are_listed_as_they_were_told_and_explained(
    monkeypatch: pytest.MonkeyPatch, folder: Path, size: tuple[int, int]
) -> None:
    """Worst first, with their files, and all images last; nothing is clipped, with the images neither."""
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        assert clipped(app) == [] and not scrollbars(app)
        seen = text(app)
        assert "mine: 1 problem, 2 warnings, 1 hint" in seen
        rows = ["The same", "labels that", "Files that", "Digits without", "All images"]
        lines = [next(index for index, line in enumerate(seen.splitlines()) if f" {row}" in line[:30]) for row in rows]
        assert lines == list(range(lines[0], lines[0] + 5))
        assert "✗       1 The same image" in seen and "!      20 labels that" in seen and "        50 All" in seen
        assert "Problem, 1 file" in seen
        assert "What conflicting means for learning." in seen and "What is done about conflicting." in seen
        grid = screen.query_one(BeforeAfter)
        for row in range(2):
            await pilot.press("down" if row else "home", "enter")
            for _ in range(2):
                await decoded(pilot, grid)
                assert clipped(app) == [], row
                await pilot.press("z")
            await pilot.press("escape")


async def test_a_finding_about_the_whole_folder_says_so(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """There is nothing to open."""
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("down", "down", "down")
        await pilot.pause()
        assert "Hint, the whole folder" in text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(screen.focused, Findings)
        assert "no images to show" in notices(app)


async def test_all_images_can_be_paged_through_while_the_check_goes_on(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """The check tells how far it is; whoever looks at images is not taken away from them when it ends."""
    gate = folder.parent / "gate"
    lines = [json.dumps({"done": 20, "total": 50, "doing": "Comparing the images"}), json.dumps(ANSWER)]
    wait = (
        "import os, sys, time; _, gate, *lines = sys.argv; print(lines[0], flush=True)\n"
        "while not os.path.exists(gate): time.sleep(0.02)\n"
        "print(lines[1])"
    )
    child_of(monkeypatch, wait, str(gate), *lines)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, checked=False)
        await until(pilot, lambda: "Comparing the images: 20 of 50" in text(app))
        assert screen.query_one(ProgressBar).percentage == pytest.approx(0.4)
        assert clipped(app) == []
        await pilot.press("enter", "right", "right")
        grid = screen.query_one(BeforeAfter)
        await decoded(pilot, grid)
        assert "3 of 50: All images" in text(app)
        gate.touch()
        await until(pilot, lambda: screen.query_one(Findings).option_count == 5 and "Comparing" not in text(app))
        assert "3 of 50: All images" in text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "A note about the folder." in text(app)


async def test_leaving_ends_the_check(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """The child is gone when the screen is, and nothing changed."""
    told(monkeypatch, folder, {"done": 1, "total": 2, "doing": "Waiting"}, {"wait": 60})
    started: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def remembered(*arguments: Any, **options: Any) -> asyncio.subprocess.Process:
        started.append(await start(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", remembered)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, checked=False)
        await until(pilot, lambda: "Waiting: 1 of 2" in text(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.answers)
        await until(pilot, lambda: started[0].returncode is not None)
    assert app.answers == [False]


async def test_a_check_that_fails_says_why_and_can_be_repeated(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """The images can be looked at all the same."""
    told(monkeypatch, folder, {"error": "the network [cannot] be loaded"}, {"exit": 1})
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, checked=False)
        await until(pilot, lambda: "mine: not checked" in text(app))
        assert "the network [cannot] be loaded" in text(app) and "Press r to check again" in text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert screen.query_one(BeforeAfter).has_focus
        told(monkeypatch, folder)
        await pilot.press("r")
        await until(pilot, lambda: screen.query_one(Findings).option_count == 5)
        await pilot.press("escape", "home")
        await pilot.pause()
        assert "be loaded" not in text(app) and "Problem, 1 file" in text(app)


@pytest.mark.parametrize("answer", [{"images": 3}, {**ANSWER, "findings": [{"kind": "thin"}]}, {**ANSWER, "notes": 3}])
async def test_an_answer_that_makes_no_sense_is_an_error_like_any_other(
    monkeypatch: pytest.MonkeyPatch, folder: Path, answer: dict[str, Any]
) -> None:
    """Such as that of another version of the program."""
    told(monkeypatch, folder, answer)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, checked=False)
        await until(pilot, lambda: "is not valid" in text(app))


async def test_a_folder_that_is_gone_is_told_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing to list, nothing to open, and the way back is there."""
    told(monkeypatch, tmp_path / "gone", {"error": "no such folder"})
    app = CheckApp(tmp_path / "gone")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, checked=False)
        await until(pilot, lambda: "there is no folder" in text(app))
        await pilot.press("enter", "u")
        await until(pilot, lambda: "cannot be opened" in notices(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.answers == [False])


# Decisions


async def test_decisions_show_at_once_and_are_kept(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Left out, relabelled, taken back one by one; the files stay as they are."""
    told(monkeypatch, folder)
    before = contents(folder)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_images(pilot, 1)
        assert "Nothing decided yet" in text(app)
        await pilot.press("x")
        await until(pilot, lambda: text(app).count("left out") >= 3)  # on the image, beside it, in the last line
        assert decisions(folder) == {"3/00.png": None}
        assert "1 left out. Training follows this" in text(app)
        await pilot.press("right", "5")
        await until(pilot, lambda: "1 left out and 1 relabelled" in text(app))
        assert text(app).count("3 → 5") == 2
        await pilot.press("right", "a")
        await until(pilot, lambda: "3 → 8" in text(app))
        assert decisions(folder) == {"3/00.png": None, "3/01.png": 5, "3/02.png": 8}
        await pilot.press("b")
        await until(pilot, lambda: "3 → 8" not in text(app) and "label 3" in text(app))
        await pilot.press("left", "3")  # its own label again
        await until(pilot, lambda: decisions(folder) == {"3/00.png": None})
        await pilot.press("u")
        await until(pilot, lambda: decisions(folder) == {"3/00.png": None, "3/01.png": 5})
        await until(pilot, lambda: "Undone: 3/01.png is 3 → 5 again." in notices(app))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.answers)
    assert app.answers == [True]
    assert contents(folder) == before


async def test_what_was_decided_before_shows_and_can_be_undone(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """In another session; undo goes to the file and says when there is nothing left."""
    amendments.leave_out(folder, "3/04.png")
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        grid = await open_images(pilot, 1)
        assert "1 left out" in text(app)
        await pilot.press("u")
        await until(pilot, lambda: decisions(folder) == {})
        await until(pilot, lambda: grid.cursor == 4)
        await pilot.press("u")
        await until(pilot, lambda: "There is nothing to undo" in notices(app))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.answers == [True])


async def test_keys_offer_what_can_be_decided_now(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Nothing to take back, no suggestion, no second image: not offered; and nothing while the list has the keys."""
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=(160, 50)) as pilot:
        screen = await opened(pilot)

        def offered() -> set[str]:
            return {key for key, each in screen.active_bindings.items() if each.enabled}

        assert not {"x", "5", "a", "b", "o"} & offered()
        grid = await open_images(pilot, 1)
        assert {"x", "5", "a", "z"} <= offered() and not {"b", "o"} & offered()
        await pilot.press("x")
        await until(pilot, lambda: "b" in offered())
        assert "x" not in offered()
        await pilot.press("escape", "home", "enter")
        await pilot.pause()
        assert grid.has_focus and "o" in offered() and "a" not in offered()
        assert {"d", "t", "p", "q"} <= offered()


async def test_a_decision_that_cannot_be_kept_is_said_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """A full disk."""

    def full(*_: object) -> None:
        raise DataError("the decision cannot be kept: No space left on device")

    monkeypatch.setattr(amendments, "leave_out", full)
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_images(pilot, 1)
        await pilot.press("x")
        await until(pilot, lambda: "No space left on device" in notices(app))
        assert "left out" not in text(app) and "Nothing decided yet" in text(app)


async def test_a_decision_made_just_before_leaving_is_kept(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Also where keeping it takes its time, and the whole app is left."""
    go_on = threading.Event()
    slow = amendments.leave_out

    def slowly(place: Path, path: str) -> amendments.Amendment:
        go_on.wait(LONGEST)
        return slow(place, path)

    monkeypatch.setattr(amendments, "leave_out", slowly)
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_images(pilot, 1)
        await pilot.press("x", "right", "7")
        app.exit()
        await pilot.pause()
    go_on.set()
    await comes_true(lambda: decisions(folder) == {"3/00.png": None, "3/01.png": 7})


async def test_a_damaged_journal_is_told_of(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """What was decided before is not obeyed then, and a person should know."""
    (folder / amendments.NAME).write_text("{")
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await until(pilot, lambda: "damaged" in notices(app))


# Odd files, many files


async def test_odd_names_break_nothing(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Control characters, markup, two cells wide, no UTF-8, as long as a name may be."""
    names = [
        "a\x1b[31m\nb.png",
        "[bold][x.png",
        "数字" * 30 + ".png",
        os.fsdecode(b"\xff\xfe.png"),
        "n" * 196 + ".png",
    ]
    for name in names:
        Image.fromarray(digit_one()).save(folder / "1" / "plain.png")
        (folder / "1" / "plain.png").rename(folder / "1" / name)
    paths = [f"1/{name}" for name in names]
    files = [named(path, f"detail of {path}", paths[0], 7) for path in paths]
    told(monkeypatch, folder, {**ANSWER, "findings": [found("thin", "hint", "Thin [/b] [strokes", files)]})
    app = CheckApp(folder, "my [set] \x1b")
    async with app.run_test(size=(80, 24)) as pilot:
        grid = await open_images(pilot, 0)
        for index, name in enumerate(names):
            await decoded(pilot, grid)
            assert grid.cursor == index
            assert "\x1b" not in text(app) and "\n" not in grid.render_line(14).text
            assert not notices(app)
            widths = {strip.cell_length for strip in (grid.render_line(y) for y in range(grid.size.height))}
            assert widths == {grid.size.width}
            await pilot.press("z", "z", "x")
            await until(pilot, partial(lambda path: path in decisions(folder), f"1/{name}"))
            await pilot.press("right")
        assert decisions(folder) == dict.fromkeys(paths)
        await pilot.press("escape")
        await pilot.pause()
        assert "my [set] �: 1 hint" in text(app) and "Thin [/b] [strokes" in text(app)


async def test_hundred_thousand_images_are_paged_through_like_ten(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From the first to the last and back, with a finding that names thousands; only what shows is made."""
    place = tmp_path / "many"
    for label in range(10):
        (place / str(label)).mkdir(parents=True)
    Image.fromarray(digit_one()).save(place / "9" / "last.png")
    files = [named(f"{index % 10}/{index:05}.png", "thin") for index in range(20_000)]
    answer = {**ANSWER, "findings": [{**found("thin", "hint", "Thin strokes", files), "count": 90_000}]}
    told_in = tmp_path / "answer.json"
    told_in.write_text(json.dumps(answer) + "\n")
    child_of(monkeypatch, "import shutil, sys; shutil.copyfileobj(open(sys.argv[1]), sys.stdout)", str(told_in))
    app = CheckApp(place)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        assert "·  90,000 Thin strokes" in text(app) and "90,000 files, the first 20,000 can be shown" in text(app)
        grid = screen.query_one(BeforeAfter)
        await pilot.press("enter", "end")
        await decoded(pilot, grid)
        assert "20,000 of 20,000: Thin strokes" in text(app) and "does not exist" in text(app)
        await pilot.press("pageup")
        await decoded(pilot, grid)
        assert "19,999 of 20,000" in text(app)


def test_labels_come_from_class_folders() -> None:
    """Wherever these lie."""
    assert label_of("3/a.png") == 3
    assert label_of("train/7/a.png") == 7
    assert label_of("a.png") is None
    assert label_of("12/a.png") is None


def test_an_answer_is_read_whole() -> None:
    """With pairs noticed, and figures that are no digits refused."""
    checkup = Checkup.from_json(ANSWER)
    assert [finding.has_pairs for finding in checkup.findings] == [True, False, False, False]
    assert checkup.findings[1].files[0] == Picture("3/00.png", 3, "read as 8, 97%", None, 8)
    with pytest.raises(ValueError, match="not a digit"):
        Checkup.from_json({**ANSWER, "findings": [found("thin", "hint", "Thin", [named("1/a.png", label=10)])]})


# With the rest of the app


async def test_the_palette_leaves_the_check_up_for_what_belongs_to_another_screen(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """Closing it this way answers as leaving it does."""
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_images(pilot, 1)
        await pilot.press("x")
        await until(pilot, lambda: "1 left out" in text(app))
        palette.close_dialogs(app)
        await until(pilot, lambda: app.answers)
        assert len(app.screen_stack) == 1
    assert app.answers == [True]


@pytest.mark.parametrize(
    ("size", "keys"),
    [
        ((80, 24), ()),
        ((80, 24), ("enter",)),
        ((80, 24), ("down", "enter", "x", "right", "8", "z")),
        ((160, 50), ("down", "enter", "x")),
    ],
    ids=["findings", "pair", "small", "large-terminal"],
)
def test_the_check_up_looks_right(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    snap_compare: Callable[..., bool],
    size: tuple[int, int],
    keys: tuple[str, ...],
) -> None:
    """The findings, both images of a pair, a page of small ones with decisions, and all at once."""
    told(monkeypatch, folder)

    async def act(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot)

    assert snap_compare(CheckApp(folder), terminal_size=size, run_before=act)


async def test_any_image_opens_inside_the_network(
    monkeypatch: pytest.MonkeyPatch, folder: Path, looked_inside: list[LookInside]
) -> None:
    """By either key, and by a second click; a file without an image does not."""
    told(monkeypatch, folder)
    app = CheckApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        grid = await open_images(pilot, 1)
        await pilot.press("z", "v")
        await decoded(pilot, grid)
        await pilot.press("right", "enter")
        assert [each.title for each in looked_inside] == ["3/00.png", "3/01.png"]
        assert np.array_equal(looked_inside[1].image, seen_in(folder / "3" / "01.png"))
        place = grid.cards.place(2)
        for count in (2, 3):
            await pilot.click(BeforeAfter, offset=(place.x + 1, place.y + 1))
            await pilot.pause()
            assert grid.cursor == 2 and len(looked_inside) == count
        await pilot.press("escape")
        await open_images(pilot, 2)
        assert "2/notes.png" in text(app)
        await pilot.press("enter", "v")
        assert len(looked_inside) == 3

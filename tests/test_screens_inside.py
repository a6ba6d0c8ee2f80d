"""Inside the network, beside the pad and on a screen of its own: pages, keys, mouse, and what is broken."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawing_app import SEVEN, DrawingApp, FakeReader, settled
from explanations import explanation
from layout import after, clipped, scrollbars
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from core.reading.protocol import RequestFailed
from core.reading.questions import (
    Explanation,
    FlipQuestion,
    GlassQuestion,
    LayersAnswer,
    LayersQuestion,
    LikeQuestion,
    Question,
    WhyQuestion,
)
from tui.processes.reader import Then
from tui.screens.inside import InsideScreen
from tui.widgets.inside.inside import Inside
from tui.widgets.inside.layer_maps import Chosen, LayerMaps
from tui.widgets.shared.glass import Glass
from tui.widgets.shared.pages import Pages
from tui.widgets.shared.probabilities import Probabilities

SIZES = [(80, 24), (160, 50)]


def maps(app: DrawingApp) -> LayerMaps:
    """The maps on the screen."""
    return app.screen.query_one(LayerMaps)


def said(app: DrawingApp) -> str:
    """The words below the page, and what stands on the screen."""
    words = [str(app.screen.query_one(f"#inside-{name}", Static).content) for name in ("words", "broken")]
    shown = app.text()
    assert all(part in shown for each in words for part in each.split())
    return " ".join([*words, shown])


async def opened(pilot: Pilot[Any], keys: list[str] = SEVEN) -> DrawingApp:
    """A drawn 7, with the panel open."""
    app = pilot.app
    assert isinstance(app, DrawingApp)
    await pilot.press(*keys, "v")
    await settled(pilot)
    return app


@pytest.mark.parametrize("size", SIZES)
async def test_the_panel_takes_the_place_of_the_bars(size: tuple[int, int]) -> None:
    """And gives it back; the drawing stays, and what is read is said in both."""
    async with DrawingApp().run_test(size=size) as pilot:
        app = await opened(pilot)
        assert not app.screen.query_one(Probabilities).is_on_screen and maps(app).is_on_screen
        assert "7  90.0%" in app.text() and "Layer 1, map 1" in said(app)
        assert clipped(app) == [] and not scrollbars(app)
        strokes = app.pad.ink.strokes
        await pilot.press("v")
        await settled(pilot)
        assert app.screen.query_one(Probabilities).is_on_screen and not maps(app).is_on_screen
        assert app.pad.ink.strokes == strokes and app.pad.has_focus


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("way", ["keys", "mouse"])
async def test_each_page_asks_for_what_it_shows(size: tuple[int, int], way: str) -> None:
    """And says what that is."""
    async with DrawingApp().run_test(size=size) as pilot:
        app = await opened(pilot)
        pages = app.screen.query_one(Pages)
        wanted: dict[str, tuple[type[Question], str]] = {
            "why": (WhyQuestion, "integrated gradients"),
            "flip": (FlipQuestion, "With this stroke added it reads as 4: 71.0%."),
            "like": (LikeQuestion, "7 98% own"),
        }
        for name, (kind, words) in wanted.items():
            if way == "keys":
                for _ in pages.names:
                    if pages.names[pages.shown] == name:
                        break
                    await pilot.press("full_stop")
            else:
                before = sum(len(each) + 2 for each in pages.names[: pages.names.index(name)])
                await pilot.click(Pages, offset=(before + 1, 0))
            await settled(pilot)
            assert pages.names[pages.shown] == name
            assert isinstance(app.reader.questions[-1], kind)
            assert words in said(app), name
            assert clipped(app) == [] and not scrollbars(app)
        await pilot.press("comma")
        await settled(pilot)
        assert pages.names[pages.shown] == "flip"


async def test_one_layer_at_a_time_on_a_small_terminal() -> None:
    """The pages are the layers; on a large one they stand side by side."""
    async with DrawingApp().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot)
        pages = app.screen.query_one(Pages)
        assert " ".join(pages.names) == "1 2 3 sum why flip like"
        for layer in range(3):
            assert maps(app).chosen.layer == layer and f"Layer {layer + 1}, map" in said(app)
            await pilot.press("full_stop")
            await settled(pilot)
        await pilot.resize_terminal(160, 50)
        await settled(pilot)
        assert " ".join(pages.names) == "layers sum why flip like"
        await pilot.click(Pages, offset=(1, 0))
        await settled(pilot)
        assert all(f" {layer}: " in app.text() for layer in (1, 2, 3))


@pytest.mark.parametrize("size", SIZES)
async def test_a_map_is_chosen_and_enlarged_with_keys(size: tuple[int, int]) -> None:
    """Arrow keys move through the maps; enter shows one large, with its kernel; escape goes back, then to the pad."""
    async with DrawingApp().run_test(size=size) as pilot:
        app = await opened(pilot)
        await pilot.press("tab")
        assert maps(app).has_focus
        await pilot.press("down", "right", "left", "up")
        await settled(pilot)
        assert maps(app).chosen == Chosen(0, 0)
        await pilot.press("end")
        assert maps(app).chosen == Chosen(0, 11)
        await pilot.press("home", "right", "enter")
        await settled(pilot)
        asked = app.reader.questions[-1]
        assert isinstance(asked, LayersQuestion)
        assert (asked.layer, asked.map) == (maps(app).chosen.layer, maps(app).number)
        assert "with its kernel" in said(app)
        await pilot.press("escape")
        await settled(pilot)
        assert "with its kernel" not in said(app) and not app.pad.has_focus
        await pilot.press("escape")
        assert app.pad.has_focus


@pytest.mark.parametrize("size", SIZES)
async def test_a_map_is_chosen_and_enlarged_with_the_mouse(size: tuple[int, int]) -> None:
    """A click chooses, one more enlarges."""
    async with DrawingApp().run_test(size=size) as pilot:
        app = await opened(pilot)
        region = maps(app)._region(Chosen(0, 1))
        assert region is not None
        at = (region.x + 3, region.y + 1)
        await pilot.click(LayerMaps, offset=at)
        await settled(pilot)
        assert maps(app).chosen == Chosen(0, 1)
        await pilot.click(LayerMaps, offset=at)
        await settled(pilot)
        assert "with its kernel" in said(app)


async def test_arrow_keys_lead_from_layer_to_layer() -> None:
    """On a large terminal; at the first and the last one they stay."""
    async with DrawingApp().run_test(size=(160, 50)) as pilot:
        app = await opened(pilot)
        await pilot.press("tab")
        for key, layers in {"right": [0, 1, 2], "left": [2, 1, 0]}.items():
            seen: list[Chosen] = []
            while maps(app).chosen not in seen:
                seen.append(maps(app).chosen)
                await pilot.press(key)
            assert maps(app).chosen == seen[-1]
            assert [layer for layer, _ in groupby(seen, key=lambda chosen: chosen.layer)] == layers


async def test_it_follows_the_pen() -> None:
    """Not each move of the mouse while a stroke is drawn, but its end at once, with all of its ink."""
    async with DrawingApp().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot)
        before = len(app.reader.questions)
        moves = [(events.MouseDown, 5), *((events.MouseMove, row) for row in range(6, 18))]
        for kind, row in moves:
            app.post_message(_mouse(kind, 10, row))
            await pilot.pause()
        during = len(app.reader.questions) - before
        app.post_message(_mouse(events.MouseUp, 10, 17))
        await settled(pilot)
        assert during <= len(moves) / 3
        last, reading = app.reader.questions[-1], app.drawing._reading
        assert len(app.reader.questions) > before + during and reading is not None
        np.testing.assert_array_equal(last.image, reading.seen)


def _mouse(kind: type[events.MouseEvent], x: int, y: int) -> events.MouseEvent:
    return kind(None, x, y, 0, 0, 1, False, False, False, x, y)


async def test_what_is_switched_off_is_said_and_mended() -> None:
    """A map, a layer, biases and noise, with what is read and how well MNIST is; one key undoes all of it."""
    async with DrawingApp().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot)
        await pilot.press("tab")
        for key, words in {
            "x": "1 map off",
            "X": "1 map off, layer 1 off",
            "f": "1 map off, layer 1 off, no biases",
            "z": "10% noise in the weights",
        }.items():
            await pilot.press(key)
            await settled(pilot)
            assert words in said(app) and "87.1% of 1,000 right (99.6% before)" in said(app)
        assert clipped(app) == []
        ablation = [each for each in app.reader.questions if isinstance(each, LayersQuestion)][-1].ablation
        assert ablation.layers == {0} and ablation.forgets_biases and ablation.noise == 0.1 and len(ablation.maps) == 1
        await pilot.press("escape", "m")
        await settled(pilot)
        assert "Broken" not in app.text()
        asked = [each for each in app.reader.questions if isinstance(each, LayersQuestion)][-1]
        assert asked.ablation.is_none


async def test_a_map_that_is_off_is_on_again_with_the_same_key() -> None:
    """It stays the chosen one, though it is the weakest while it is off."""
    async with DrawingApp().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot)
        await pilot.press("tab")
        number = maps(app).number
        await pilot.press("x")
        await settled(pilot)
        assert maps(app).number == number and "It is off." in said(app)
        await pilot.press("x")
        await settled(pilot)
        assert maps(app).number == number and "It is off." not in said(app)
        asked = [each for each in app.reader.questions if isinstance(each, LayersQuestion)][-1]
        assert asked.ablation.is_none


@pytest.mark.parametrize("page", ["flip", "like"])
async def test_an_answer_for_a_page_that_was_left_says_nothing(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its search goes on in the reader, and tells how far it is."""
    late: list[Callable[[], None]] = []

    def answer(reader: FakeReader, question: Question, then: Then) -> None:
        then(explanation(question))
        if page == question.KIND:
            late.append(lambda: then(explanation(question)))

    monkeypatch.setattr(FakeReader, "explain", answer)
    async with DrawingApp().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot)
        pages = app.screen.query_one(Pages)
        inside = app.screen.query_one(Inside)
        inside.action_turn(pages.names.index(page))
        await settled(pilot)
        before = said(app)
        inside.action_turn(-pages.shown)
        await settled(pilot)
        shown = said(app)
        assert late and shown != before
        late[-1]()
        await settled(pilot)
        assert said(app) == shown


def of_glass(question: Question) -> Explanation | RequestFailed:
    """As the reader of a small network answers."""
    found = explanation(question)
    return dataclasses.replace(found, parameters=1298) if isinstance(found, LayersAnswer) else found


@pytest.fixture
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network has so few parameters that all of them are shown."""

    def explain(reader: FakeReader, question: Question, then: Then) -> None:
        reader.questions.append(question)
        then(of_glass(question))

    monkeypatch.setattr(FakeReader, "explain", explain)


@pytest.mark.usefixtures("small_network")
@pytest.mark.parametrize("size", SIZES)
async def test_all_of_a_small_network_is_shown_first(size: tuple[int, int]) -> None:
    """Each parameter as a pixel beside the pad, which leaves it the room; it follows the pen, and pages lead on."""
    async with DrawingApp().run_test(size=size) as pilot:
        app = await opened(pilot)
        pages, glass = app.screen.query_one(Pages), app.screen.query_one(Glass)
        assert pages.names[pages.shown] == "glass" and glass.is_on_screen
        assert glass.least.width <= glass.size.width and glass.least.height <= glass.size.height
        assert "need" not in app.text() and "What each weight adds to 7" in said(app)
        assert app.pad.size.width >= 30 and clipped(app) == [] and not scrollbars(app)
        before = [*map(list, glass.drawn())]
        await pilot.press("home", "space", "right", "right", "right", "space")
        await settled(pilot)
        assert isinstance(app.reader.questions[-1], GlassQuestion) and [*map(list, glass.drawn())] != before
        await pilot.press("full_stop")
        await settled(pilot)
        assert not glass.is_on_screen and maps(app).is_on_screen
        await pilot.press("tab", "X", "comma")
        await settled(pilot)
        asked = app.reader.questions[-1]
        assert isinstance(asked, GlassQuestion) and asked.ablation.layers == {0}


@pytest.mark.usefixtures("small_network")
@pytest.mark.parametrize("size", SIZES)
def test_glass_looks(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    """The whole of a small network."""
    assert snap_compare(DrawingApp(), terminal_size=size, run_before=after(*SEVEN, "v"))


async def test_another_network_is_whole(tmp_path: Path) -> None:
    """What was switched off belonged to the one before, which may have had other layers."""
    async with DrawingApp().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot)
        await pilot.press("tab", "enter", "x")
        await settled(pilot)
        assert "1 map off" in said(app) and "with its kernel" in said(app)
        app.owners.model.use(tmp_path / "other.npz")
        await settled(pilot)
        assert app.reader.loaded and "Broken" not in said(app) and "with its kernel" not in said(app)
        asked = app.reader.questions[-1]
        assert isinstance(asked, LayersQuestion) and asked.ablation.is_none and asked.layer is None


async def test_the_maps_of_a_network_that_was_replaced_choose_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """They stand until the new one has answered, and have more layers than are known of it: none."""
    async with DrawingApp().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot)
        await pilot.press("full_stop", "full_stop")
        await settled(pilot)
        assert maps(app).chosen.layer == 2
        monkeypatch.setattr(FakeReader, "explain", lambda *_: None)
        app.screen.query_one(Inside).begin_again()
        await settled(pilot)
        maps(app).focus()
        await pilot.press("right", "down")
        await settled(pilot)
        assert maps(app).chosen.layer == 2 and app.screen.query_one(Inside)._page == 0


@pytest.mark.parametrize("page", ["why", "like", "sum"])
async def test_another_network_shows_its_own_pages(page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever page of the one before was shown: of a small network, all of its weights come first."""
    small = tmp_path / "small.npz"

    def explain(reader: FakeReader, question: Question, then: Then) -> None:
        reader.questions.append(question)
        then(of_glass(question) if reader.reads_with == str(small) else explanation(question))

    monkeypatch.setattr(FakeReader, "explain", explain)
    async with DrawingApp().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot)
        pages = app.screen.query_one(Pages)
        app.screen.query_one(Inside).action_turn(pages.names.index(page))
        await settled(pilot)
        assert pages.names[pages.shown] == page
        side = app.pad.ink.width
        app.owners.model.use(small)
        await settled(pilot)
        assert pages.names[pages.shown] == "glass" and app.screen.query_one(Glass).is_on_screen
        app.owners.model.use(None)
        await settled(pilot)
        assert pages.names[pages.shown] == "1" and maps(app).is_on_screen and "glass" not in pages.names
        assert app.pad.ink.width == side


@pytest.mark.parametrize("page", ["why", "flip"])
async def test_signs_tell_what_colours_do_not(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without colours `+` speaks for an answer or is added, `−` speaks against it."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with DrawingApp().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot)
        pages = app.screen.query_one(Pages)
        app.screen.query_one(Inside).action_turn(pages.names.index(page) - pages.shown)
        await settled(pilot)
        assert "+++" in app.text()
        if page == "why":
            await pilot.press("tab", "right", "right")
            await settled(pilot)
            assert "−−" in app.text()


async def test_what_cannot_be_answered_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a sentence, where the answer would stand."""

    def refuse(reader: FakeReader, question: Question, then: Then) -> None:
        then(RequestFailed("a network of type other cannot be looked into"))

    monkeypatch.setattr(FakeReader, "explain", refuse)
    async with DrawingApp().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot)
        assert "A network of type other cannot be looked into." in said(app)


async def test_an_empty_pad_is_asked_for_a_digit() -> None:
    """And nothing is asked of the reader."""
    async with DrawingApp().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, [])
        assert "Draw a digit to see what the network makes of it." in said(app)
        assert app.reader.questions == []


async def test_an_answer_to_another_image_is_passed_over() -> None:
    """It came too late: the drawing has changed."""
    late: list[Callable[[], None]] = []

    def keep(reader: FakeReader, question: Question, then: Then) -> None:
        reader.questions.append(question)
        if isinstance(question, WhyQuestion):
            late.append(lambda: then(explanation(question)))
        else:
            then(explanation(question))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeReader, "explain", keep)
        async with DrawingApp().run_test(size=(80, 24)) as pilot:
            app = await opened(pilot)
            await pilot.press("full_stop", "full_stop", "full_stop", "full_stop")
            await settled(pilot)
            assert late
            await pilot.press("u")
            await settled(pilot)
            late[0]()
            await settled(pilot)
            assert "integrated" not in app.text()


@pytest.mark.parametrize("size", [*SIZES, (300, 100)])
async def test_an_image_has_a_screen_of_its_own(size: tuple[int, int]) -> None:
    """With the layers, the last one beside them where there is room; its reader ends with it."""
    async with DrawingApp().run_test(size=size) as pilot:
        app = pilot.app
        image = np.zeros((28, 28), np.uint8)
        image[4:24, 13:16] = 255
        readers: list[FakeReader] = []

        def made(*given: Any) -> FakeReader:
            readers.append(FakeReader(*given))
            return readers[-1]

        app.push_screen(InsideScreen(image, "a one", None, made))
        await settled(pilot)
        assert isinstance(app, DrawingApp) and "Inside the network: a one" in app.text()
        assert maps(app).has_focus and "7  90.0%" in app.text()
        assert clipped(app) == [] and not scrollbars(app)
        assert ("sum" in app.screen.query_one(Pages).names) == (size[0] < 140)
        await pilot.press("enter", "escape", "escape")
        await settled(pilot)
        assert readers[0].closed and not isinstance(app.screen, InsideScreen)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", ["layers", "why", "flip", "like"])
def test_looks(snap_compare: Any, size: tuple[int, int], page: str) -> None:
    """What the panel shows of a 7."""
    names = ["layers", "sum", "why", "flip", "like"]
    turns = names.index(page) + (2 if size == (80, 24) and page != "layers" else 0)
    assert snap_compare(DrawingApp(), terminal_size=size, run_before=after(*SEVEN, "v", *["full_stop"] * turns))

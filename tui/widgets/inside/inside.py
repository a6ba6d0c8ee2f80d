"""What the network makes of an image, a page at a time: its layers, why it reads it so, what would change that.

Asks the reader by a function that it is given, and follows the image that it is told.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from functools import partial
from typing import Any, ClassVar

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import ContentSwitcher, Static

from core.insight.ablation import INTACT, Ablation
from core.insight.parameters import MOST, layers_of
from core.reading.protocol import RequestFailed
from core.reading.questions import (
    NOT_A_DIGIT,
    AblationAnswer,
    AblationQuestion,
    Explanation,
    FlipAnswer,
    FlipQuestion,
    GlassAnswer,
    GlassQuestion,
    Image,
    LayersAnswer,
    LayersQuestion,
    LikeAnswer,
    LikeQuestion,
    Question,
    WhyAnswer,
    WhyQuestion,
)
from core.words import percent, plural, probability
from tui.widgets.inside.enlarged_map import EnlargedMap
from tui.widgets.inside.flip_image import Canvas, FlipImage
from tui.widgets.inside.layer_maps import LayerMaps
from tui.widgets.inside.neighbours import Neighbours
from tui.widgets.inside.saliency_maps import SaliencyMaps
from tui.widgets.inside.votes import VoteColumns
from tui.widgets.shared.glass import Glass
from tui.widgets.shared.pages import Pages

Ask = Callable[[Question, Callable[[Explanation | RequestFailed], None]], None]

_NOISES = (0.0, 0.1, 0.2, 0.4, 0.8)
"""What a key goes through, in standard deviations of a layer's weights."""
_SELDOM, _OFTEN = 0.5, 0.1
"""Seconds between two looks while a stroke is drawn, at one layer and at all of them."""
_ALL_LAYERS = 84
"""Columns from which on all layers are shown side by side."""
_VOTES_BESIDE = 140
"""Columns from which on the last layer stands beside the others."""
_VOTES_WIDTH = 44


class Page(Enum):
    """What can be shown besides single layers; the values are the names on screen."""

    GLASS = "glass"
    LAYERS = "layers"
    SUM = "sum"
    WHY = "why"
    FLIP = "flip"
    LIKE = "like"


_WIDGETS: dict[int | Page, str] = {
    Page.GLASS: "inside-glass",
    Page.WHY: "inside-why",
    Page.FLIP: "inside-flip",
    Page.LIKE: "inside-like",
}
"""The widgets of the pages that are not layers."""
_FOLLOWING = LayersAnswer | AblationAnswer | GlassAnswer
"""What is shown while the next stroke is drawn: the newest there is."""


class Inside(Vertical):
    """The pages, their names above and words below."""

    BINDING_GROUP_TITLE = "Inside the network"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "switch_map", "Map off"),
        Binding("X", "switch_layer", "Layer off or on", show=False),
        Binding("z", "noise", "More noise in the weights", show=False),
        Binding("f", "biases", "Forget the biases, or not", show=False),
        Binding("m", "mend", "Mend the network", show=False),
        Binding("pagedown", "turn(1)", "Next page", show=False),
        Binding("pageup", "turn(-1)", "Page before", show=False),
        Binding("escape", "back", "Back", show=False),
    ]
    DEFAULT_CSS = """
    Inside {
        width: 1fr;
        height: 1fr;
        & > #inside-answer { height: 1; text-style: bold; }
        & > ContentSwitcher { height: 1fr; }
        & #inside-layers > LayerMaps { width: 1fr; }
        & > #inside-words { height: auto; max-height: 4; color: $foreground-muted; }
        & > #inside-broken { height: auto; max-height: 5; color: $text-warning; }
    }
    """

    class Left(Message):
        """The keys are to go elsewhere."""

    class Rearranged(Message):
        """There are other pages than before."""

    def __init__(self, ask: Ask, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._ask = ask
        self._image: Image | None = None
        self._canvas: Canvas | None = None
        self._layers: LayersAnswer | None = None
        self._page = 0
        self._enlarges = False
        self._ablation = INTACT
        self._accuracy: AblationAnswer | None = None
        """The last answer for the present damage."""
        self._looked = 0.0
        """When the reader was last asked for the layers."""
        self._later: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="inside-answer", markup=False)
        yield Pages()
        with ContentSwitcher(initial="inside-layers"):
            with Horizontal(id="inside-layers"):
                yield LayerMaps()
                yield VoteColumns()
            yield EnlargedMap(id="inside-map")
            yield SaliencyMaps(id="inside-why")
            yield FlipImage(id="inside-flip")
            yield Neighbours(id="inside-like")
            yield Glass(id="inside-glass")
        yield Static(id="inside-words", markup=False)
        yield Static(id="inside-broken", markup=False)

    # What is shown

    @property
    def _pages(self) -> list[int | Page]:
        """The layers' numbers, from 0, or all of them at once, and the other pages."""
        glass = [Page.GLASS] if self.is_glass else []
        if self._shows_all:
            votes = [] if self._has_votes_beside else [Page.SUM]
            return [*glass, Page.LAYERS, *votes, Page.WHY, Page.FLIP, Page.LIKE]
        layers = range(len(self._layers.maps) if self._layers else 1)
        return [*glass, *layers, Page.SUM, Page.WHY, Page.FLIP, Page.LIKE]

    @property
    def is_glass(self) -> bool:
        """Whether all parameters of the network can be shown at once."""
        return self._layers is not None and 0 < self._layers.parameters <= MOST

    @property
    def _shows_all(self) -> bool:
        return self.size.width >= _ALL_LAYERS

    @property
    def _has_votes_beside(self) -> bool:
        return self.size.width >= _VOTES_BESIDE

    @property
    def _shown(self) -> int | Page:
        pages = self._pages
        return pages[min(self._page, len(pages) - 1)]

    def on_resize(self) -> None:
        """Show what there is room for."""
        self._arrange()
        self._look()

    def follow(
        self, image: Image | None, answer: str, canvas: Canvas | None = None, *, is_drawing: bool = False
    ) -> None:
        """Look at another image, (28, 28) as the network sees it, that is read as `answer`; None for an empty pad.

        While a stroke is drawn, not each of its images is looked at.
        """
        self.tell(answer)
        self._image, self._canvas = image, canvas
        wait = (_OFTEN if self._shows_all else _SELDOM) if is_drawing else 0.0
        left = self._looked + wait - time.monotonic()
        if self._later is not None:
            self._later.stop()
            self._later = None
        if left <= 0:
            self._look()
        else:
            self._later = self.set_timer(left, self._look)

    def begin_again(self) -> None:
        """Another network reads from now on: nothing is known of it, and nothing is wrong with it."""
        self._layers, self._ablation, self._accuracy, self._enlarges = None, INTACT, None, False
        self._page = 0  # which asks for the layers, and so for what other pages there are
        self._say_broken()
        self._arrange()
        self.post_message(self.Rearranged())

    def tell(self, answer: str) -> None:
        """Say how the image is read."""
        self._write("#inside-answer", answer)

    def action_turn(self, by: int) -> None:
        """Show the next page, or the one before."""
        self._show_page((self._page + by) % len(self._pages))

    @on(Pages.Chosen)
    def _chosen(self, event: Pages.Chosen) -> None:
        self._show_page(event.index)

    def _show_page(self, index: int) -> None:
        self._page, self._enlarges = index, False
        if isinstance(shown := self._shown, int):
            self.query_one(LayerMaps).choose_layer(shown)
        self._arrange()
        self._look()

    def _arrange(self) -> None:
        """Show the widgets of the page."""
        shown, had_focus = self._shown, self.has_focus_within
        name = "inside-map" if self._enlarges else _WIDGETS.get(shown, "inside-layers")
        switcher = self.query_one(ContentSwitcher)
        if switcher.current != name:
            switcher.current = name
        maps, votes = self.query_one(LayerMaps), self.query_one(VoteColumns)
        maps.lay_out(self._shows_all)
        maps.display = shown is not Page.SUM
        votes.display = shown is Page.SUM or (shown is Page.LAYERS and self._has_votes_beside)
        votes.styles.width = "1fr" if shown is Page.SUM else _VOTES_WIDTH
        # All weights need each line; maps that were a line higher would cost a slow line more than it has.
        self.query_one("#inside-broken").display = shown is not Page.GLASS or not self._ablation.is_none
        names = [each.value if isinstance(each, Page) else str(each + 1) for each in self._pages]
        self.query_one(Pages).show(names, min(self._page, len(names) - 1))
        if had_focus:
            owner = votes if shown is Page.SUM else maps if name == "inside-layers" else self.query_one(f"#{name}")
            owner.focus()

    def _look(self, *, keeps_map: bool = False) -> None:
        """Ask what the page that is shown needs; the chosen map may stay the chosen one, whatever place it gets."""
        if not (self.display and self.is_mounted):
            return
        if self._image is None:
            self._say("Draw a digit to see what the network makes of it.")
            return
        image = self._image
        match self._shown:
            case Page.WHY:
                self._question(WhyQuestion(image=image), self._why)
            case Page.FLIP:
                side, strokes = (0, ()) if (canvas := self._canvas) is None else (canvas.side, canvas.strokes)
                self.query_one(FlipImage).show(image if canvas is None else canvas, None)
                self._question(FlipQuestion(image=image, width=side, height=side, strokes=strokes), self._flip)
            case Page.LIKE:
                self._question(LikeQuestion(image=image), self._like)
            case Page.GLASS:
                self._looked = time.monotonic()
                self._question(GlassQuestion(image=image, ablation=self._ablation), self._glass)
            case _:
                self._looked = time.monotonic()
                maps = self.query_one(LayerMaps)
                layer = maps.chosen.layer if self._enlarges else None
                asked = LayersQuestion(image=image, ablation=self._ablation, layer=layer, map=maps.number or 0)
                kept = (maps.chosen.layer, maps.number) if keeps_map and maps.number is not None else None
                self._question(asked, partial(self._show_layers, kept))

    def _question(self, question: Question, then: Callable[..., None]) -> None:
        self._ask(question, partial(self._answered, question.image, self._shown, then))

    def _answered(
        self, image: Image, page: int | Page, then: Callable[..., None], answer: Explanation | RequestFailed
    ) -> None:
        """Show an answer, unless it is to an image that is gone, or for a page that was left."""
        if not self.is_mounted or not self.is_attached or self._pruning:
            return  # it came after the screen was closed
        is_old = image is not self._image and not isinstance(answer, _FOLLOWING)
        is_elsewhere = page != self._shown and not isinstance(answer, LayersAnswer | AblationAnswer)
        if is_old or is_elsewhere:
            return
        if isinstance(answer, RequestFailed):
            self._say(answer.error[:1].upper() + answer.error[1:] + ".")
        else:
            then(answer)

    def _show_layers(self, kept: tuple[int, int] | None, answer: LayersAnswer) -> None:
        before, self._layers = self._shown, answer
        maps = self.query_one(LayerMaps)
        maps.show(answer.maps)
        if kept is not None:
            maps.follow_map(*kept)
        self.query_one(VoteColumns).show(answer.votes, answer.biases)
        if self._enlarges and maps.number is not None:
            self.query_one(EnlargedMap).show(answer.maps[maps.chosen.layer], maps.number, answer.kernel)
        self._arrange()
        self._describe()
        self._say_broken()
        if self._page and before in self._pages:
            self._page = self._pages.index(before)
        if self._shown != before:  # only now is it known which pages there are
            self.post_message(self.Rearranged())
            self._look()

    @on(LayerMaps.Moved)
    def _moved(self) -> None:
        shown, layer = self._shown, self.query_one(LayerMaps).chosen.layer
        # The maps may be those of a network that was replaced since, of which no page is left.
        if isinstance(shown, int) and shown != layer and layer in self._pages:
            self._page = self._pages.index(layer)
            self._arrange()
        self._describe()

    @on(LayerMaps.Enlarged)
    def enlarge(self) -> None:
        """Show the chosen map large, or all of them again."""
        self._enlarges = not self._enlarges
        self._arrange()
        self._look()

    def action_back(self) -> None:
        """Show all maps instead of the large one, or give the keys back."""
        if self._enlarges:
            self.enlarge()
        else:
            self.post_message(self.Left())

    def _describe(self) -> None:
        """Say what is shown of the layers."""
        maps, shown = self.query_one(LayerMaps), self._shown
        if self._layers is None or maps.number is None or shown in _WIDGETS:
            return
        if shown is Page.SUM:
            self._say("What each value of the last hidden layer says for (+) or against (−) each digit, and their sum.")
            return
        chosen, count = maps.chosen, len(self._layers.maps[maps.chosen.layer])
        off = " It is off." if self._is_off(chosen.layer, maps.number) else ""
        what = (
            f"Map {maps.number + 1} of layer {chosen.layer + 1}, with its kernel."
            if self._enlarges
            else f"Layer {chosen.layer + 1}, map {maps.number + 1}: number {chosen.place + 1} of {count} by strength."
        )
        self._say(what + off + ("" if self.has_focus_within else " Tab: to the maps."))

    def on_descendant_focus(self) -> None:
        """Say what the keys do now."""
        self._describe()

    def on_descendant_blur(self) -> None:
        """Say how to give the keys to the maps."""
        self._describe()

    def _is_off(self, layer: int, number: int) -> bool:
        return layer in self._ablation.layers or (layer, number) in self._ablation.maps

    def _why(self, answer: WhyAnswer) -> None:
        maps = self.query_one(SaliencyMaps)
        maps.show(answer)
        more = " Tab, then →, for the other answers." if maps.count < len(answer.answers) else ""
        self._say(f"What speaks for and against it (integrated gradients, Sundararajan 2017).{more}")

    def _flip(self, answer: FlipAnswer) -> None:
        assert self._image is not None
        self.query_one(FlipImage).show(self._image if self._canvas is None else self._canvas, answer.stroke)
        if answer.stroke is None:
            part = f"{answer.tried:,} of {plural(answer.total, 'stroke')}"
            self._say(f"No small stroke changes it: tried {part}." if answer.is_last else f"Tried {part} …")
            return
        doing = "erased" if answer.stroke.erasing else "added"
        self._say(f"With this stroke {doing} it reads as {answer.digit}: {probability(answer.certainty)}.")

    def _like(self, answer: LikeAnswer) -> None:
        self.query_one(Neighbours).show(answer)
        more = "." if answer.is_last else f"; {percent(answer.compared / max(1, answer.total), 0)} compared …"
        self._say(f"The most alike of the {plural(answer.total, 'image')} that it has learned from{more}")

    def _glass(self, answer: GlassAnswer) -> None:
        added = layers_of(dict(zip(answer.names, answer.contributions, strict=True)))
        self.query_one(Glass).show(added, answer.probabilities)
        best = int(np.argmax(answer.probabilities))
        self._say(f"What each weight adds to {best}, or takes from it.")

    # Breaking it

    def action_switch_map(self) -> None:
        """Switch the chosen feature map off, or on again."""
        maps = self.query_one(LayerMaps)
        if maps.number is not None:
            self._break(replace(self._ablation, maps=self._ablation.maps ^ {(maps.chosen.layer, maps.number)}))

    def action_switch_layer(self) -> None:
        """Switch all maps of the layer off, or on again."""
        layer = self.query_one(LayerMaps).chosen.layer
        self._break(replace(self._ablation, layers=self._ablation.layers ^ {layer}))

    def action_noise(self) -> None:
        """Add more noise to the weights; after the most, none."""
        at = _NOISES.index(self._ablation.noise)
        self._break(replace(self._ablation, noise=_NOISES[(at + 1) % len(_NOISES)]))

    def action_biases(self) -> None:
        """Forget the biases, or remember them."""
        self._break(replace(self._ablation, forgets_biases=not self._ablation.forgets_biases))

    def action_mend(self) -> None:
        """Undo all of it."""
        self._break(INTACT)

    def _break(self, ablation: Ablation) -> None:
        if ablation == self._ablation:
            return
        self._ablation, self._accuracy = ablation, None
        self._say_broken()
        if self._shown in (Page.WHY, Page.FLIP, Page.LIKE):
            self._show_page(0)
        else:
            self._look(keeps_map=True)
        if not ablation.is_none:
            blank = np.zeros((28, 28), np.uint8)
            image = blank if self._image is None else self._image
            self._question(AblationQuestion(image=image, ablation=ablation), partial(self._measured, ablation))

    def _measured(self, ablation: Ablation, answer: AblationAnswer) -> None:
        if ablation == self._ablation:
            self._accuracy = answer
            self._say_broken()

    def _say_broken(self) -> None:
        """Say what is broken, what it reads and how well it reads MNIST then."""
        words = ""
        if not self._ablation.is_none:
            parts = [f"Broken ({', '.join(_done_to(self._ablation))})"]
            if self._layers is not None and self._image is not None:
                parts.append(f"it reads {_read(self._layers)}")
            if self._accuracy is not None and self._accuracy.accuracy is not None and self._accuracy.intact is not None:
                now, before = (percent(each, 1) for each in (self._accuracy.accuracy, self._accuracy.intact))
                parts.append(f"{now} of {self._accuracy.images:,} right ({before} before)")
            words = f"{'; '.join(parts)}. m mends it."
        self._write("#inside-broken", words)

    # Words

    def _say(self, text: str) -> None:
        self._write("#inside-words", text)

    def _write(self, name: str, text: str) -> None:
        words = self.query_one(name, Static)
        if str(words.content) != text:
            words.update(Content(text))


def _done_to(ablation: Ablation) -> list[str]:
    """What was done to the network, in words."""
    found: list[str] = []
    if ablation.maps:
        found.append(f"{plural(len(ablation.maps), 'map')} off")
    if ablation.layers:
        found.append(f"layer {' and '.join(str(each + 1) for each in sorted(ablation.layers))} off")
    if ablation.forgets_biases:
        found.append("no biases")
    if ablation.noise:
        found.append(f"{percent(ablation.noise, 0)} noise in the weights")
    return found


def _read(answer: LayersAnswer) -> str:
    """What the last layer says, with its probability."""
    logits = answer.votes.sum(axis=0, dtype=np.float64) + answer.biases
    shares: Any = np.exp(logits - logits.max())
    shares /= shares.sum()
    best = int(shares.argmax())
    return f"{'no digit' if best == NOT_A_DIGIT else best} ({probability(float(shares[best]))})"

"""The feature maps of a network's layers as small images, the strongest first, and a cursor to choose one.

Where there is room all layers stand side by side, from the first to the last; else one is shown at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.shared.thumbnail import half_blocks, shades
from tui.widgets.shared.tiling import GAP, Grey, Tiling, scaled

Maps = NDArray[np.float32]
"""(C, H, W), 0 where nothing was found."""

_HEADING = 1
_ENOUGH_OF_ALL, _ENOUGH_OF_ONE = 5, 9
"""Showing this many maps of a layer comes before showing larger ones, beside other layers and alone."""
_DRAWN = 90
"""Where one layer is shown: grey levels from here on are drawn, all others are not. Two levels are cheap to send."""


@dataclass(frozen=True)
class Chosen:
    """One feature map."""

    layer: int = 0
    """From 0."""
    place: int = 0
    """Among the maps of the layer, the strongest first, from 0."""


class LayerMaps(Widget, can_focus=True):
    """All maps of all layers, a page of each layer at a time."""

    ALLOW_SELECT = False
    BINDING_GROUP_TITLE = "Feature maps"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1, 0)", "Map to the left", show=False),
        Binding("right", "move(1, 0)", "Map to the right", show=False),
        Binding("up", "move(0, -1)", "Map above", show=False),
        Binding("down", "move(0, 1)", "Map below", show=False),
        Binding("home", "end(0)", "Strongest map of the layer", show=False),
        Binding("end", "end(-1)", "Weakest map of the layer", show=False),
        Binding("enter", "enlarge", "Enlarge", key_display="⏎"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"layer-maps--chosen", "layer-maps--heading"}
    DEFAULT_CSS = """
    LayerMaps {
        background: $background;
        color: $foreground;
        & > .layer-maps--chosen { background: $background; color: $text-accent; text-style: bold; }
        & > .layer-maps--heading { background: $background; color: $foreground-muted; }
    }
    """

    chosen: reactive[Chosen] = reactive(Chosen(), repaint=False, init=False)

    class Enlarged(Message):
        """The chosen map is to be shown large."""

    class Moved(Message):
        """Another map was chosen."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.shows_all = False
        """Whether the layers stand side by side."""
        self._layers: tuple[Maps, ...] = ()
        self._orders: tuple[NDArray[np.intp], ...] = ()
        self._tiles: dict[Chosen, tuple[Grey, list[Strip]]] = {}
        self._tilings: dict[int, Tiling] = {}

    def show(self, layers: tuple[Maps, ...]) -> None:
        """Show the maps of all layers."""
        fit = tuple(map(np.shape, layers)) == tuple(map(np.shape, self._layers))
        self._layers = layers
        # One that is the same everywhere says nothing of the image, however high it is.
        self._orders = tuple(np.argsort(-maps.std(axis=(1, 2)), kind="stable") for maps in layers)
        if not fit:
            self._forget()
        self.set_reactive(LayerMaps.chosen, self._nearest(self.chosen))
        self._renew_tiles()

    @property
    def number(self) -> int | None:
        """The index of the chosen map in its layer; None before there are any."""
        return int(self._orders[self.chosen.layer][self.chosen.place]) if self._layers else None

    def lay_out(self, shows_all: bool) -> None:
        """Show all layers side by side, or one."""
        if shows_all != self.shows_all:
            self.shows_all = shows_all
            self._forget()

    def choose_layer(self, layer: int) -> None:
        """Choose a map of that layer; the only one that is shown, where there is room for one."""
        self.chosen = self._nearest(Chosen(layer, self.chosen.place))

    def follow_map(self, layer: int, number: int) -> None:
        """Choose the map with this index in the layer, wherever it stands now, unless another layer is chosen."""
        if layer == self.chosen.layer and number in self._orders[layer]:
            self.chosen = Chosen(layer, int(np.flatnonzero(self._orders[layer] == number)[0]))

    def _nearest(self, wanted: Chosen) -> Chosen:
        """The map itself or, where there is none, the last before it."""
        if not self._layers:
            return wanted
        layer = min(wanted.layer, len(self._layers) - 1)
        return Chosen(layer, max(0, min(wanted.place, len(self._layers[layer]) - 1)))

    def watch_chosen(self, old: Chosen, new: Chosen) -> None:
        """Mark it."""
        if not self._layers:
            return
        if old.layer != new.layer and not self.shows_all:
            self._forget()
        for each in {old, new}:
            if (tiling := self._tilings_now.get(each.layer)) is None:
                continue
            if tiling.page(old.place) != tiling.page(new.place):
                self.refresh(tiling.block)
            elif (region := self._region(each)) is not None:
                self.refresh(Region(region.x, region.y, GAP, region.height))
        self.post_message(self.Moved())

    def on_resize(self) -> None:
        """Lay it out again."""
        self._forget()

    def notify_style_update(self) -> None:
        """Draw the images in other colours."""
        super().notify_style_update()
        self._tiles.clear()

    def _forget(self) -> None:
        self._tiles.clear()
        self._tilings = {}
        self.refresh()

    # Layout

    @property
    def _tilings_now(self) -> dict[int, Tiling]:
        """The tiles of each layer that is shown."""
        if not self._tilings and self._layers and self.size:
            width, height = self.size
            shown = range(len(self._layers)) if self.shows_all else range(self.chosen.layer, self.chosen.layer + 1)
            each = width // len(shown)
            top = _HEADING if self.shows_all else 0
            enough = _ENOUGH_OF_ALL if self.shows_all else _ENOUGH_OF_ONE
            for column, layer in enumerate(shown):
                maps = self._layers[layer]
                block = Region(column * each, top, each, max(1, height - top))
                self._tilings[layer] = Tiling.within(block, max(maps.shape[1:]), min(len(maps), enough))
        return self._tilings

    def _first(self, layer: int) -> int:
        """The place of the first map shown of a layer."""
        return self._tilings_now[layer].page(self.chosen.place) if layer == self.chosen.layer else 0

    def _region(self, chosen: Chosen) -> Region | None:
        """The cells of a map, with the gap to its left; None if it is not shown."""
        tiling = self._tilings_now.get(chosen.layer)
        if tiling is None:
            return None
        place = chosen.place - self._first(chosen.layer)
        if not 0 <= place < tiling.count:
            return None
        row, column = divmod(place, tiling.columns)
        left, top = tiling.block.x + column * (tiling.side + GAP), tiling.block.y + row * tiling.lines
        return Region(left, top, tiling.side + GAP, -(-tiling.side // 2))

    # Rendering

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """All that there is."""
        return container.height

    def _renew_tiles(self) -> None:
        """Repaint the maps that look different now."""
        for chosen, (before, _) in list(self._tiles.items()):
            image = self._image(chosen)
            if image is None or not np.array_equal(image, before):
                del self._tiles[chosen]
                if (region := self._region(chosen)) is not None:
                    self.refresh(region)

    def render_line(self, y: int) -> Strip:
        """One row of cells, through all layers that are shown."""
        plain = self.rich_style  # computed on every access
        parts = []
        for layer, tiling in self._tilings_now.items():
            line = y - tiling.block.y
            part = self._heading(layer, tiling) if line < 0 else self._line(layer, tiling, line, plain)
            parts.append(part.adjust_cell_length(tiling.block.width, plain))
        return Strip.join(parts).adjust_cell_length(self.size.width, plain)

    def _heading(self, layer: int, tiling: Tiling) -> Strip:
        count, height, width = self._layers[layer].shape
        text = f" {layer + 1}: {count} of {height}×{width}"[: tiling.block.width - 1]
        name = "layer-maps--chosen" if layer == self.chosen.layer else "layer-maps--heading"
        return Strip([Segment(text, self.get_component_rich_style(name))])

    def _line(self, layer: int, tiling: Tiling, y: int, plain: Style) -> Strip:
        row, line = divmod(y, tiling.lines)
        if row >= tiling.rows or 2 * line >= tiling.side:
            return Strip([])
        first = self._first(layer) + row * tiling.columns
        gap = Strip([Segment(" ", plain)], GAP)
        marked = Strip([Segment("▐", self.get_component_rich_style("layer-maps--chosen"))], GAP)
        parts: list[Strip] = []
        for place in range(first, min(first + tiling.columns, len(self._orders[layer]))):
            chosen = Chosen(layer, place)
            parts += (marked if chosen == self.chosen else gap, self._tile(chosen, plain)[line])
        return Strip.join(parts)

    def _tile(self, chosen: Chosen, plain: Style) -> list[Strip]:
        if chosen not in self._tiles:
            image = self._image(chosen)
            assert image is not None
            colours = shades(self) if self.shows_all else ()  # a slow line gets a few hundred bytes for a stroke
            self._tiles[chosen] = image, half_blocks(image, colours, plain)
        return self._tiles[chosen][1]

    def _image(self, chosen: Chosen) -> Grey | None:
        """What is shown of a map, in proportion to its largest value; None if it is not shown."""
        tiling = self._tilings_now.get(chosen.layer)
        if tiling is None or chosen.place >= len(self._orders[chosen.layer]):
            return None
        values = self._layers[chosen.layer][self._orders[chosen.layer][chosen.place]]
        grey = scaled(values, tiling.side, float(values.max(initial=0)))
        return grey if self.shows_all else ((grey >= _DRAWN) * np.uint8(255)).astype(np.uint8)

    # Keys and mouse

    def action_move(self, across: int, down: int) -> None:
        """Choose the map beside this one, in the next layer too."""
        layer, place = self.chosen.layer, self.chosen.place
        tiling = self._tilings_now.get(layer)
        if tiling is None:
            return
        column = place % tiling.columns + across
        beside = self._tilings_now.get(layer + across)
        if across and not 0 <= column < tiling.columns and beside is not None:
            row = (place - self._first(layer)) // tiling.columns
            nearest = beside.columns - 1 if across < 0 else 0
            self.chosen = self._nearest(Chosen(layer + across, row * beside.columns + nearest))
            return
        to = place + across + down * tiling.columns
        if 0 <= to < len(self._orders[layer]):
            self.chosen = Chosen(layer, to)

    def action_end(self, place: int) -> None:
        """Choose the strongest map of the layer, or the weakest for −1."""
        if self._layers:
            self.chosen = Chosen(self.chosen.layer, len(self._orders[self.chosen.layer]) - 1 if place < 0 else 0)

    def action_enlarge(self) -> None:
        """Show the chosen map large."""
        if self._layers:
            self.post_message(self.Enlarged())

    def on_click(self, event: events.Click) -> None:
        """Choose the map that was clicked; show it large if it was chosen already."""
        for layer, tiling in self._tilings_now.items():
            place = tiling.at(event.offset)
            if place is None:
                continue
            chosen = Chosen(layer, place + self._first(layer))
            if chosen == self.chosen:
                self.action_enlarge()
            elif chosen.place < len(self._orders[layer]):
                self.chosen = chosen

"""The options of a training run: recipe, epochs, folds and device, and the button that starts it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button, Input, Label, OptionList, Select, Static

from core.config.configuration import MOST_EPOCHS, TrainingConfig
from core.config.devices import Device
from core.config.recipes import FAST, FINE_TUNE, RECIPES, Recipe
from core.errors import ConfigurationError
from core.networks.model_name import model_name
from core.runs import fine_tuning
from tui.state.model import Model
from tui.widgets.data.epochs_field import EpochsField
from tui.widgets.data.suggestions import FOLDS, Suited
from tui.widgets.shared.lines import fit

_AUTO = ("auto (fastest)", "auto")
_CPU = ("cpu", "cpu")


class TrainingOptions(Vertical):
    """The fields, in one row or two, and a line that explains them or says what is wrong."""

    DEFAULT_CSS = """
    TrainingOptions {
        height: auto;
        & > #fields {
            height: 2;
            layout: vertical;
            & > Horizontal { height: 1; }
        }
        &.-one-row > #fields {
            height: 1;
            layout: horizontal;
            & > #what { width: auto; }
            & > #where { width: 1fr; }
        }
        Label { margin-right: 1; color: $text-muted; }
        SelectCurrent > Static#label { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #recipe { width: 14; margin-right: 2; }
        #epochs {
            width: 13;
            margin-right: 2;
            &.-wrong { background: $error-muted; color: $text-error; }
        }
        #folds { width: 9; margin-right: 2; }
        #device { width: 1fr; max-width: 60; margin-right: 2; }
        Select > SelectOverlay {
            /* Above the field if there is no room below, so that field and explanation stay visible. */
            constrain: inside inflect;
            margin-bottom: 1;  /* the row of the field, if above it */
            background: $surface;
            &.-textual-compact { border: round $primary !important; }
            &:focus { background-tint: transparent; }
        }
        #device > SelectOverlay { width: 60; }
        Select:focus > SelectCurrent {
            background: $block-cursor-background;
            Static#label, .arrow { color: $block-cursor-foreground; text-style: bold; }
        }
        #start { min-width: 9; }
        #explanation {
            height: 1;
            color: $text-muted;
            text-wrap: nowrap;
            text-overflow: ellipsis;
            &.-wrong { color: $text-error; }
        }
    }
    """
    ONE_ROW = 110
    """Columns from which one row is enough."""

    class Start(Message):
        """The user wants to start."""

    def __init__(
        self,
        model: Model,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        """`model` is the model to fine-tune."""
        super().__init__(id=id, classes=classes)
        self._model = model
        self._suited = Suited()
        self._chosen: dict[tuple[bool, str], object] = {}
        """The user's choices by (small set, field), for the fields that otherwise follow the data set."""

    def compose(self) -> ComposeResult:
        folds = [("none", 0), *((str(each), each) for each in FOLDS)]
        with Container(id="fields"):
            with Horizontal(id="what"):
                yield Label("Recipe")
                yield Select(_named(RECIPES), value=FAST, allow_blank=False, id="recipe", compact=True)
                yield Label("Epochs")
                yield EpochsField(id="epochs")
                yield Label("Folds")
                yield Select(folds, value=0, allow_blank=False, id="folds", compact=True)
            with Horizontal(id="where"):
                yield Label("Device")
                yield Select([_AUTO, _CPU], value="auto", allow_blank=False, id="device", compact=True)
                yield Button("Start", id="start", variant="primary", compact=True)
        yield Static(id="explanation", markup=False)

    def on_mount(self) -> None:
        """Update the explanation when another model reads: it names the network to fine-tune."""
        self._model.changed.subscribe(self, lambda _: self._explain())

    def on_resize(self) -> None:
        """Use one row if it is long enough."""
        self.set_class(self.size.width >= self.ONE_ROW, "-one-row")
        self._explain()

    def suit(self, suited: Suited) -> None:
        """Set the fields to what suits the data set, except where the user has chosen otherwise for such sets."""
        self._suited = suited
        wanted = {"recipe": suited.recipe, "folds": suited.folds}
        for name in wanted:
            value = self._chosen.get((suited.is_small, name), wanted[name])
            if suited.is_mnist and value == FINE_TUNE:
                value = suited.recipe
            select = self.query_one(f"#{name}", Select)
            if select.value != value:
                with self.prevent(Select.Changed):
                    select.value = value
        self._explain()

    def config(self, data: str) -> TrainingConfig:
        """The configuration for training on `data`. Raises ConfigurationError."""
        recipe = str(self.query_one("#recipe", Select).value)
        if recipe == FINE_TUNE and self._suited.is_mnist:
            raise ConfigurationError("the network already knows MNIST; fine-tune it on images of your own")
        text = self.query_one("#epochs", Input).value.strip()
        try:
            epochs = int(text) if text else None
        except ValueError:
            raise ConfigurationError(
                f"epochs is {text!r}; it must be a whole number from 1 to {MOST_EPOCHS:,}, or empty"
            ) from None
        return TrainingConfig(
            data=data,
            recipe=recipe,
            epochs=epochs,
            device=str(self.query_one("#device", Select).value),
            fine_tune=str(self._checkpoint) if recipe == FINE_TUNE else None,
            folds=int(str(self.query_one("#folds", Select).value)),
        )

    def focus_wrong(self) -> None:
        """Focus the field to be corrected."""
        self.query_one("#epochs" if self.query_one("#epochs").has_class("-wrong") else "#recipe").focus()

    @property
    def _checkpoint(self) -> Path:
        """The network to fine-tune: the one that reads drawings, or the one that it was fine-tuned from."""
        return fine_tuning.base(self._model.checkpoint, self._suited.folder)

    def show_devices(self, devices: Sequence[Device]) -> None:
        """Offer `devices`; those that are not available say why."""
        if not self.query("#device OptionList"):
            return  # the child may answer while the screen is being closed
        select = self.query_one("#device", Select)
        chosen = select.value
        options = [_AUTO]
        for device in devices:
            text = device.title if device.available else f"not available: {device.reason}"
            options.append((f"{device.name}: {text}", device.name))
        select.set_options(options)
        if chosen in [value for _, value in options]:
            select.value = chosen
        menu = select.query_one(OptionList)
        for index, device in enumerate(devices, 1):
            if not device.available:
                menu.disable_option_at_index(index)

    @on(Select.Changed, "#recipe")
    @on(Select.Changed, "#folds")
    def _choose(self, event: Select.Changed) -> None:
        # Textual sends this for a field's initial value too.
        if event.value != getattr(self._suited, str(event.select.id)) or self._is_chosen(event.select):
            self._chosen[self._suited.is_small, str(event.select.id)] = event.value
        self._explain()

    def _is_chosen(self, select: Select[Any]) -> bool:
        return (self._suited.is_small, str(select.id)) in self._chosen

    @on(Input.Changed, "#epochs")
    def _explain(self) -> None:
        """Explain what the fields mean, or say what is wrong."""
        if not self.query("#recipe"):
            return  # a resize may come before the fields exist, or after
        recipe = RECIPES[str(self.query_one("#recipe", Select).value)]
        field, explanation = self.query_one("#epochs", Input), self.query_one("#explanation", Static)
        # On a small set a recipe has more epochs, depending on the number of images.
        field.placeholder = "recipe's own" if self._suited.is_small else f"recipe's {recipe.epochs}"
        try:
            self.config("any")
        except ConfigurationError as error:
            text, wrong = f"✗ {error}", True
        else:
            text, wrong = self._meaning(recipe), False
        explanation.update(text)
        explanation.set_class(wrong, "-wrong")
        field.set_class(wrong and str(text).startswith("✗ epochs"), "-wrong")

    def _meaning(self, recipe: Recipe) -> str:
        """What would be trained, in one line."""
        folds = int(str(self.query_one("#folds", Select).value))
        crossing = f"; {folds} folds ({folds + 1} training runs)" if folds else ""
        room = self.size.width - len(crossing)
        if recipe.name != FINE_TUNE:
            return fit(f"{recipe.name}: {recipe.summary}", room) + crossing
        before, after = "fine-tunes ", ", replaying MNIST"
        return before + fit(model_name(self._checkpoint), room - len(before + after)) + after + crossing

    @on(Button.Pressed, "#start")
    @on(Input.Submitted, "#epochs")
    def _start(self) -> None:
        self.post_message(self.Start())


def _named(names: Iterable[str]) -> list[tuple[str, str]]:
    """Options whose labels are their values."""
    return [(name, name) for name in names]

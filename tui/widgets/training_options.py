"""What a person chooses for a training: recipe, epochs and device, and the button that starts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button, Input, Label, OptionList, Select, Static

from core.configuration import MOST_EPOCHS, TrainingConfig
from core.errors import ConfigurationError
from core.recipes import RECIPES
from tui.widgets.epochs_field import EpochsField

_AUTO = ("auto (fastest)", "auto")
_CPU = ("cpu", "cpu")


class TrainingOptions(Vertical):
    """One row of fields and one line that explains them, or says what is wrong with one."""

    DEFAULT_CSS = """
    TrainingOptions {
        height: 2;
        & > Horizontal { height: 1; }
        Label { margin-right: 1; color: $text-muted; }
        SelectCurrent > Static#label { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #recipe { width: 12; margin-right: 2; }
        #epochs {
            width: 13;
            margin-right: 2;
            &.-wrong { background: $error-muted; color: $text-error; }
        }
        #device { width: 1fr; max-width: 60; margin-right: 2; }
        Select > SelectOverlay {
            /* Above the field where there is no room below it, so that field and explanation stay to be read. */
            constrain: inside inflect;
            margin-bottom: 1;  /* the row of the field, when above it */
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
            &.-wrong { color: $text-error; }
        }
    }
    """

    class Start(Message):
        """The person wants to start."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Label("Recipe")
            yield Select([(name, name) for name in RECIPES], value="fast", allow_blank=False, id="recipe", compact=True)
            yield Label("Epochs")
            yield EpochsField(id="epochs")
            yield Label("Device")
            yield Select([_AUTO, _CPU], value="auto", allow_blank=False, id="device", compact=True)
            yield Button("Start", id="start", variant="primary", compact=True)
        yield Static(id="explanation", markup=False)

    def config(self, data: str) -> TrainingConfig:
        """The training of `data` that is asked for. Raises ConfigurationError."""
        text = self.query_one("#epochs", Input).value.strip()
        try:
            epochs = int(text) if text else None
        except ValueError:
            raise ConfigurationError(
                f"epochs is {text!r}; it must be a whole number, 1 to {MOST_EPOCHS:,}, or empty"
            ) from None
        return TrainingConfig(
            data=data,
            recipe=str(self.query_one("#recipe", Select).value),
            epochs=epochs,
            device=str(self.query_one("#device", Select).value),
        )

    def show_devices(self, devices: Sequence[Mapping[str, Any]]) -> None:
        """Offer `devices` as the child `devices --json` told them; those that are not available say why."""
        select = self.query_one("#device", Select)
        chosen = select.value
        options = [_AUTO]
        for device in devices:
            name, title = str(device["name"]), str(device.get("title", ""))
            text = title if device["available"] else f"not available: {device['reason']}"
            options.append((f"{name}: {text}", name))
        select.set_options(options)
        if chosen in [value for _, value in options]:
            select.value = chosen
        menu = select.query_one(OptionList)
        for index, device in enumerate(devices, 1):
            if not device["available"]:
                menu.disable_option_at_index(index)

    @on(Select.Changed, "#recipe")
    @on(Input.Changed, "#epochs")
    def _explain(self) -> None:
        """Say what the fields mean, or what is wrong."""
        recipe = RECIPES[str(self.query_one("#recipe", Select).value)]
        field, explanation = self.query_one("#epochs", Input), self.query_one("#explanation", Static)
        field.placeholder = f"recipe's {recipe.epochs}"
        try:
            self.config("any")
        except ConfigurationError as error:
            text, wrong = f"✗ {error}", True
        else:
            text, wrong = f"{recipe.name}: {recipe.summary}", False
        explanation.update(text)
        explanation.set_class(wrong, "-wrong")
        field.set_class(wrong, "-wrong")

    @on(Button.Pressed, "#start")
    @on(Input.Submitted, "#epochs")
    def _start(self) -> None:
        self.post_message(self.Start())

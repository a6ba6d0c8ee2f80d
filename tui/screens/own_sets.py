"""The dialog that chooses the active set by person, or creates one for somebody new."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from core.data import own_sets
from core.data.own.own_set import LONGEST_NAME
from core.data.own_sets import OwnSet
from core.errors import DataError
from core.printable import printable
from core.words import plural
from tui.screens.pushed import Dialog
from tui.widgets.shared.key_footer import KeyFooter


class OwnSetsScreen(Dialog[OwnSet | None]):
    """Returns the chosen set, or None if the user cancels. Creates sets, but does not activate them."""

    BINDING_GROUP_TITLE = "Own sets"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New set"),
        Binding("escape", "back", "Cancel"),
    ]
    DEFAULT_CSS = """
    OwnSetsScreen {
        OptionList { height: auto; max-height: 10; margin-top: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #name { margin-top: 1; background: $boost; }
        #wrong { color: $text-error; margin-top: 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        active, known = own_sets.active(), own_sets.sets()
        self._sets = known if active in known else [active, *known]
        self._active = self._sets.index(active)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -narrow"):
            yield Static("Who is drawing?", classes="dialog-title")
            yield Static("Each person's drawings are a data set of their own.", classes="muted")
            yield OptionList(*map(_option, self._sets), markup=False)
            yield Input(placeholder="Name of the new set", id="name", max_length=LONGEST_NAME, compact=True)
            yield Static(id="wrong", markup=False)
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Highlight the active set."""
        self.query_one("#wrong").display = self.query_one("#name").display = False
        options = self.query_one(OptionList)
        options.highlighted = self._active
        options.focus()

    def action_new(self) -> None:
        """Ask for the new set's name."""
        self.query_one("#name").display = True
        self.query_one("#name").focus()

    def action_back(self) -> None:
        """Go from the name to the list, or from the list back to the drawing screen."""
        name = self.query_one("#name", Input)
        if not name.display:
            self.dismiss(None)
            return
        self.query_one("#wrong").display = name.display = False
        self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._sets[event.option_index])

    @on(Input.Submitted, "#name")
    def _make(self, event: Input.Submitted) -> None:
        try:
            made = own_sets.create(event.value)
        except DataError as error:
            wrong = self.query_one("#wrong", Static)
            wrong.update(f"✗ {printable(str(error))}")
            wrong.display = True
        else:
            self.dismiss(made)


def _option(each: OwnSet) -> Option:
    count = sum(own_sets.counts(each))
    drawings = plural(count, "drawing")
    return Option(Content.assemble((printable(each.name), "bold"), f"  {drawings}"))

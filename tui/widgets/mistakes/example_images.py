"""The images of one cell of a confusion matrix, the most confident reading first, with a cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from core.evaluation.example import Example
from core.words import percent
from tui.widgets.shared.captioned_images import Captioned, CaptionedImages

_DIGITS = Binding.Group("Label", compact=True)


def reading(example: Example) -> str:
    """The digit read, and its probability."""
    return f"{example.read} {percent(example.certainty, 1)}"


class ExampleImages(CaptionedImages):
    """Above each image stands its caption."""

    BINDING_GROUP_TITLE = "Images"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Image before", show=False),
        Binding("right", "move(1)", "Next image", show=False),
        Binding("up", "row(-1)", "Image above", show=False),
        Binding("down", "row(1)", "Image below", show=False),
        Binding("enter,v", "open", "Why", key_display="⏎"),
        *(Binding(str(digit), f"relabel({digit})", f"Label as {digit}", group=_DIGITS) for digit in range(10)),
        Binding("x", "leave_out", "Leave out"),
        Binding("escape", "leave", "Back", show=False),
    ]

    can_correct: reactive[bool] = reactive(False, bindings=True)
    """Whether the images can be given another label, or left out."""

    class Moved(Message):
        """The cursor is on another image."""

    class Opened(Message):
        """What the network makes of the image is to be shown."""

    @dataclass(eq=False)
    class Corrected(Message):
        """An image is to have this label; None leaves it out."""

        example: Example
        label: int | None

    class Left(Message):
        """The keys are to go elsewhere."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._examples: Sequence[Example] = ()

    def show(self, examples: Sequence[Example], caption: Callable[[Example], str] = reading) -> None:
        """Show these, with the cursor on the first."""
        self._examples = examples
        self.marked = 0 if examples else None
        self.show_captions(caption)

    def show_captions(self, caption: Callable[[Example], str]) -> None:
        """Write others above the same images."""
        self.images = [Captioned(each.seen, caption(each)) for each in self._examples]
        self.renew()

    @property
    def example(self) -> Example | None:
        """The one at the cursor."""
        return None if self.marked is None else self._examples[self.marked]

    def action_move(self, by: int) -> None:
        """Move the cursor by so many images."""
        if self.marked is not None and 0 <= self.marked + by < len(self._examples):
            self._mark(self.marked + by)

    def action_row(self, by: int) -> None:
        """Move the cursor by so many rows."""
        self.action_move(by * self.across)

    def action_open(self) -> None:
        """Show what the network makes of the image."""
        if self.marked is not None:
            self.post_message(self.Opened())

    def action_relabel(self, digit: int) -> None:
        """Have the image labelled as this digit."""
        if self.example is not None:
            self.post_message(self.Corrected(self.example, digit))

    def action_leave_out(self) -> None:
        """Have the image left out of the set."""
        if self.example is not None:
            self.post_message(self.Corrected(self.example, None))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer corrections only of a set whose images can be corrected."""
        return self.can_correct or action not in ("relabel", "leave_out")

    def action_leave(self) -> None:
        """Give the keys back."""
        self.post_message(self.Left())

    def on_click(self, event: events.Click) -> None:
        """Choose the image that was clicked; a second click opens it."""
        if (found := self.at(event.offset)) is None:
            return
        if found == self.marked:
            self.action_open()
        self._mark(found)

    def _mark(self, index: int) -> None:
        self.marked = index
        self.renew()
        self.post_message(self.Moved())

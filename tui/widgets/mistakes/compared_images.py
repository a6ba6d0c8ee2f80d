"""The images that only one of two networks reads right, below how well that network reads."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from core.evaluation.example import Example
from core.evaluation.paired_comparison import ComparedNetwork, DiscordantImage, PairedComparison
from tui.widgets.mistakes.example_images import ExampleImages
from tui.widgets.shared.lines import fit


class ComparedImages(Vertical):
    """One of the two halves; a sign stands before the heading of the one that has the keys."""

    DEFAULT_CSS = """
    ComparedImages {
        width: 1fr;
        Static { height: 2; color: $foreground-muted; }
        ExampleImages { height: 1fr; &:blur > .captioned-images--marked { color: $foreground; text-style: bold; } }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[PairedComparison, ComparedNetwork] | None = None

    def compose(self) -> ComposeResult:
        yield Static(markup=False)
        yield ExampleImages()

    @property
    def images(self) -> ExampleImages:
        """The images, which can have the keys."""
        return self.query_one(ExampleImages)

    @property
    def chosen(self) -> DiscordantImage | None:
        """The image at the cursor."""
        marked = self.images.marked
        return None if self._shown is None or marked is None else self._shown[1].examples[marked]

    def show(self, comparison: PairedComparison, network: ComparedNetwork) -> None:
        """Show the half of this network, which is one of those compared."""
        self._shown = comparison, network
        self.images.show([each.misread for each in network.examples], _caption)
        self.mark()

    def clear(self) -> None:
        """Show nothing."""
        self._shown = None
        self.images.show(())
        self.query_one(Static).update("")

    def mark(self) -> None:
        """Write the heading, for the present size and focus."""
        if self._shown is None:
            return
        comparison, network = self._shown
        sign = "▸" if self.images.has_focus else " "
        figures = comparison.figures(network)
        shown = len(network.examples)
        some = f", {shown:,} shown" if shown < network.alone else ""
        count = f": {network.alone:,}{some}"
        head = f"{sign} Only {network.name}"
        self.query_one(Static).update(
            Content.assemble(
                (fit(head, self.size.width - len(count)) + count, "bold $foreground"),
                f"\n  {figures.accuracy} right (95%: {figures.range})",
            )
        )

    def on_resize(self) -> None:
        """Cut the heading where it does not fit."""
        self.mark()

    def on_descendant_focus(self) -> None:
        """Set the sign."""
        self.mark()

    def on_descendant_blur(self) -> None:
        """Remove the sign."""
        self.mark()


def _caption(misread: Example) -> str:
    return f"{misread.label}, not {misread.read}"

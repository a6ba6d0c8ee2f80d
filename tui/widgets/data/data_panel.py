"""One data set in detail: its counts and images, or why there is nothing to show yet."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher, ProgressBar, Static

from core.data.details import DataDetails
from core.words import plural
from tui.state.download import Download
from tui.widgets.data.counts import Counts
from tui.widgets.shared.samples import Samples


class DataPanel(ContentSwitcher):
    """Shows either `#known` (the details) or `#unknown` (a message)."""

    DEFAULT_CSS = """
    DataPanel {
        & > #known > Vertical { width: 21; margin-right: 1; }
        #notes { height: 1fr; color: $text-muted; }
        & > #unknown {
            align: center middle;
            & > Static, & > ProgressBar { width: 100%; max-width: 72; }
            Bar { width: 1fr; }
            #message { height: auto; margin-bottom: 1; }
        }
    }
    """

    def __init__(self, *, id: str, classes: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes, initial="unknown")

    def compose(self) -> ComposeResult:
        with Horizontal(id="known"):
            with Vertical():
                yield Counts()
                yield Static(id="notes", markup=False)
            yield Samples()
        with Vertical(id="unknown"):
            yield Static(id="message", markup=False)
            yield ProgressBar(show_eta=False)

    def show(self, details: DataDetails) -> None:
        """Show the details of a set."""
        train, test = sum(details.train_counts), sum(details.test_counts)
        of_test = f" ({details.test_note})" if details.test_note else ""
        self._head(f"{details.title}: {train:,} for training, {test:,} for testing{of_test}")
        self.query_one(Counts).counts = (details.train_counts, details.test_counts)
        self.query_one(Samples).samples = details.samples
        self.query_one("#notes", Static).update("\n".join([*_counted(details), *details.notes]))
        self.current = "known"

    def show_progress(self, title: str, done: int, total: int | None) -> None:
        """Show that the set is being read; `total` is None while it is unknown."""
        message = "Reading …" if total is None else f"Reading {done:,} of {plural(total, 'image')} …"
        self._wait(title, message, done, total)

    def show_download(self, title: str, download: Download | None) -> None:
        """Show that the set needs a download, is being downloaded, or failed to download."""
        if download is None:
            self._say(title, "This set is not on this computer yet. Press g to download it.")
        elif download.error:
            self._say(title, f"✗ {download.error}\n\nPress g to try again.")
        else:
            self._wait(title, f"{download.progress} c cancels.", download.done, download.total)

    def show_error(self, title: str, error: str) -> None:
        """Show why the set cannot be used."""
        self._say(title, f"✗ {error}")

    def more_samples(self) -> None:
        """Show more images."""
        self.query_one(Samples).more()

    def _wait(self, title: str, message: str, done: int, total: int | None) -> None:
        self._say(title, message)
        bar = self.query_one(ProgressBar)
        bar.display = True
        bar.update(total=total, progress=done)

    def _head(self, title: str) -> None:
        # A folder's name may contain brackets, which would be taken for markup.
        self.border_title = Content(title).markup

    def _say(self, title: str, message: str) -> None:
        self._head(title)
        self.query_one("#message", Static).update(message)
        self.query_one(ProgressBar).display = False
        self.current = "unknown"


def _counted(details: DataDetails) -> list[str]:
    """A line about what k shows: if room is short, the notes below it are not visible."""
    notes, skipped = len(details.notes), len(details.skipped)
    parts = [plural(notes, "note")] * bool(notes) + [f"{skipped:,} skipped"] * bool(skipped)
    return [f"{', '.join(parts)}: press k"] if parts else []

"""The dialog that adds a folder or file of the user's own to the catalogue, by path or by browsing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import PseudoClasses
from textual.widgets import Button, DirectoryTree, Input, ProgressBar, Static
from textual.widgets.directory_tree import DirEntry
from textual.widgets.tree import TreeNode
from textual.worker import WorkerCancelled, WorkerFailed

from core.data import sources
from core.data.results import Added
from core.errors import DigitsError
from tui.processes import child
from tui.screens.pushed import Dialog
from tui.widgets.shared.key_footer import KeyFooter
from tui.widgets.shared.path_input import PathInput


class UsableTree(DirectoryTree):
    """Shows folders and files that may hold a data set, but no hidden ones."""

    BINDING_GROUP_TITLE = "Folders"
    # Textual's icons are colour emoji, which not every terminal's font has.
    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "
    ICON_FILE = "· "
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "screen.add", "Add"),
        Binding("backspace,left", "up", "Parent folder"),
    ]

    def __init__(self, path: Path, id: str) -> None:  # noqa: A002 - Textual's name
        self._folders: dict[Path, bool] = {}
        """Of the paths in the tree, whether each is a folder."""
        # Textual's tree has it only once it is painted, and fails where the mouse is pressed on it before.
        self._pseudo_class_state = PseudoClasses(False, False, False)
        super().__init__(path, id=id)

    # Textual's tree takes no message, not even that it is to close, until a folder has been read: on a network disk
    # that takes a minute, and it never comes if the tree shows another folder or is closed meanwhile. So here nothing
    # asks the disk, or waits for it, but the worker that reads a folder.

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Leave out hidden files and those that cannot be added, and note which are folders."""
        found = []
        for path in paths:
            if not path.name.startswith("."):
                self._folders[path] = is_folder = DirectoryTree._safe_is_dir(path)
                if is_folder or path.suffix in sources.EXTENSIONS:
                    found.append(path)
        return found

    def _safe_is_dir(self, path: Path) -> bool:  # type: ignore[override]  # Textual's asks the disk
        return self._folders.get(path, False)

    def watch_path(self) -> None:  # type: ignore[override]  # Textual's waits
        """Show another folder, from its top; what is in it follows once it has been read."""
        path = self.PATH(self.path)
        self._folders = {path: True}
        self.reset_node(self.root, path.name or str(path), DirEntry(path))
        self._load_queue = asyncio.Queue()
        self._loader()
        self._add_to_load_queue(self.root)
        self.root.expand()
        if self.cursor_node is not None:
            self.cursor_line = 0
        self.scroll_to(0, 0, animate=False)

    def _add_to_load_queue(self, node: TreeNode[DirEntry]) -> AwaitComplete:
        """Have a folder read."""
        if node.data is not None and not node.data.loaded:
            node.data.loaded = True
            self._load_queue.put_nowait(node)
        return AwaitComplete()

    @work(exclusive=True, group="_loader")
    async def _loader(self) -> None:
        """Read the folders that wait, one after the other, and show what is in each."""
        while True:
            node = await self._load_queue.get()
            try:
                content = await self._load_directory(node).wait()
            except WorkerFailed:
                continue  # nobody may look into it, or it is gone
            except WorkerCancelled:
                return  # the dialog closes, or another folder is shown
            cursor, was_open = self.cursor_node, node.is_expanded
            self._populate_node(node, content)
            if not was_open:
                node.collapse()  # somebody closed it while it was read
            if cursor is not None:
                _ = self._tree_lines  # where each line is now
                self.move_cursor(cursor)

    def action_up(self) -> None:
        """Browse from the parent folder."""
        self.path = Path(self.path).absolute().parent


class AddFolder(Dialog[str | None]):
    """Returns the new entry's name, or None if the user cancels."""

    BINDING_GROUP_TITLE = "Add own data"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel"),
        Binding("down", "browse", "Browse", show=False),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Add own data", classes="dialog-title")
            yield Static(f"Enter the path of {sources.formats()}.", classes="muted")
            yield PathInput(placeholder="/path/to/folder  (→ or tab completes)", id="path", compact=True)
            yield UsableTree(Path.cwd(), id="tree")
            yield Static(id="said", markup=False)
            yield ProgressBar(show_eta=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Add", id="add", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """Hide the message and the progress bar until an attempt is made."""
        self._say("")

    @on(DirectoryTree.NodeHighlighted, "#tree")
    def _browsed(self, event: DirectoryTree.NodeHighlighted[DirEntry]) -> None:
        if self.query_one("#tree").has_focus and event.node.data is not None:
            self.query_one(PathInput).value = str(Path(event.node.data.path).absolute())

    @on(Input.Submitted, "#path")
    @on(Button.Pressed, "#add")
    def action_add(self) -> None:
        """Add the folder or file at the path."""
        given = self.query_one(PathInput).value.strip()
        if not given:
            self._say("✗ Enter the path of a folder or file, or choose one below.")
            self.query_one(PathInput).focus()
            return
        self._add(Path(given).expanduser().absolute())

    @work(exclusive=True)
    async def _add(self, path: Path) -> None:
        self._say(f"Reading {path} …", waiting=True)
        # Otherwise the path could be changed while it is being read.
        self._set_fields(enabled=False)
        try:
            answer = await child.ask("datasets", "--add", str(path), "--json", progress=self._report)
        except DigitsError as error:
            self._say(f"✗ {error}")
            self._set_fields(enabled=True)
            self.query_one(PathInput).focus()
        else:
            self.dismiss(Added.from_json(answer).entry.name)

    def _set_fields(self, *, enabled: bool) -> None:
        for field in ("#path", "#tree", "#add"):
            self.query_one(field).disabled = not enabled
        if not enabled:
            self.set_focus(None)  # else the focus moves to the next button, and Enter would press it

    def _report(self, done: int, total: int | None) -> None:
        self.query_one(ProgressBar).update(total=total, progress=done)

    def _say(self, text: str, *, waiting: bool = False) -> None:
        said = self.query_one("#said", Static)
        said.update(text)
        said.display = bool(text)
        said.set_class(text.startswith("✗"), "-wrong")
        self.query_one(ProgressBar).display = waiting

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Close; this also ends the reading of a folder."""
        self.dismiss(None)

    def action_browse(self) -> None:
        """Move from the path to the folders."""
        self.query_one("#tree").focus()

"""The app's workers: none goes on for a widget that is being removed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from textual.dom import DOMNode
from textual.worker import Worker
from textual.worker_manager import WorkerManager


class Workers(WorkerManager):
    """Cancels the workers of what is removed.

    Textual removes a screen from the inside out and cancels its workers last, and a key that came before may still
    start one: in either case it would query widgets that no longer exist.
    """

    def add_worker(self, worker: Worker[Any], start: bool = True, exclusive: bool = True) -> None:
        """Add a worker; one of a widget that is being removed does not get as far as its first line."""
        super().add_worker(worker, start, exclusive)
        if any(node._pruning or node._closed for node in worker.node.ancestors_with_self):
            worker.cancel()

    def cancel_in(self, nodes: Collection[DOMNode]) -> None:
        """Cancel the workers of these nodes and of what is in them."""
        for worker in list(self):
            if not set(nodes).isdisjoint(worker.node.ancestors_with_self):
                worker.cancel()

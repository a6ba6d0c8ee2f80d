"""The images that the network has learned from and finds most like this one, with how alike and whose they are."""

from __future__ import annotations

from core.config.configuration import MNIST
from core.reading.questions import LikeAnswer
from core.words import percent
from tui.widgets.shared.captioned_images import Captioned, CaptionedImages


class Neighbours(CaptionedImages):
    """Each image has its label, its likeness and, if it is not MNIST's, "own" above it."""

    def show(self, found: LikeAnswer) -> None:
        """Show what was found so far."""
        self.images = [Captioned(image, _caption(found, place)) for place, image in enumerate(found.images)]
        self.renew()


def _caption(found: LikeAnswer, place: int) -> str:
    own = "" if found.sources[place] == MNIST else " own"
    return f"{found.labels[place]} {percent(found.likeness[place], 0)}{own}"

"""A guided session: which digit is to be drawn next, and how many are left. It can be left and gone on with.

Its state lies beside the drawings that it asks for, in `.guided.json`; damage there costs the plan, no drawing.
"""

from __future__ import annotations

import dataclasses
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import DataError
from core.system import atomic, json_file

FILE = ".guided.json"
MOST = 1000
"""Drawings of each digit that can be asked for."""


@dataclass(frozen=True)
class GuidedSession:
    """One session; each step gives another."""

    each: int
    """How many of each digit were asked for, 1 to `MOST`."""
    left: tuple[int, ...]
    """The digits that are still to be drawn, in the order in which they are asked for."""
    done: tuple[str, ...] = ()
    """The names, without ending, of the drawings that were kept; the last of them may be taken back."""

    @classmethod
    def new(cls, each: int, seed: int | None = None) -> GuidedSession:
        """Ask for `each` of every digit. The order is random in rounds of all ten, so that it is balanced at any time.

        Raises DataError where `each` is not 1 to `MOST`.
        """
        if not 1 <= each <= MOST:
            raise DataError(f"{each} of each digit were asked for; it must be 1 to {MOST:,}")
        chance = random.Random(seed)
        order: list[int] = []
        for _ in range(each):
            turn = chance.sample(range(10), 10)
            if order and turn[0] == order[-1]:
                turn.reverse()  # twice the same in a row looks as if the first had not been kept
            order += turn
        return cls(each, tuple(order))

    @property
    def digit(self) -> int | None:
        """The one to draw now; None when all are drawn."""
        return self.left[0] if self.left else None

    @property
    def total(self) -> int:
        """How many it asks for."""
        return 10 * self.each

    @property
    def number(self) -> int:
        """Which of them is to be drawn now, from 1."""
        return min(self.total, self.total - len(self.left) + 1)

    def kept(self, name: str, digit: int) -> GuidedSession:
        """A drawing of `digit` was kept; another digit than the one asked for leaves that one to be drawn."""
        if digit != self.digit:
            return self
        return dataclasses.replace(self, left=self.left[1:], done=(*self.done, name))

    def taken_back(self, name: str, digit: int) -> GuidedSession:
        """A kept drawing was taken back; where it was this session's last one, it is asked for again."""
        if not self.done or self.done[-1] != name:
            return self
        return dataclasses.replace(self, left=(digit, *self.left), done=self.done[:-1])

    def skipped(self) -> GuidedSession:
        """Ask for this digit last."""
        return dataclasses.replace(self, left=(*self.left[1:], *self.left[:1]))

    def write(self, folder: Path) -> None:
        """Remember it in the set's folder, where there is one: before the first drawing nothing is worth it.

        Raises DataError where that cannot be written.
        """
        if not folder.is_dir():
            return
        try:
            atomic.write_text(folder / FILE, json.dumps(dataclasses.asdict(self), separators=(",", ":")) + "\n")
        except OSError as error:
            raise DataError(
                f"the guided session cannot be remembered in {folder} ({error.strerror}); its drawings are kept. "
                "Free some space there, or make it writable."
            ) from error


def unfinished(folder: Path) -> GuidedSession | None:
    """The session that was left in this set; None where there is none, all is drawn, or its file is damaged."""
    found = _from_json(json_file.read(folder / FILE))
    return found if found is not None and found.left else None


def _from_json(data: dict[str, Any]) -> GuidedSession | None:
    each, left, done = data.get("each"), data.get("left"), data.get("done")
    if type(each) is not int or not 1 <= each <= MOST or not isinstance(left, list) or not isinstance(done, list):
        return None
    digits = all(type(digit) is int and 0 <= digit <= 9 for digit in left)
    if not digits or len(left) + len(done) != 10 * each or not all(isinstance(name, str) for name in done):
        return None
    return GuidedSession(each, tuple(left), tuple(done))

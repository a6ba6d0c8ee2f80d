"""A guided session: which digit to draw next, and how many are left. It can be interrupted and continued.

Its state is next to the drawings that it asks for, in `.guided.json`; if that is damaged, no drawing is lost.
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
"""The most drawings of each digit that a session can ask for."""


@dataclass(frozen=True)
class GuidedSession:
    """The state of one session; each step returns a new one."""

    each: int
    """How many drawings of each digit it asks for, 1 to `MOST`."""
    left: tuple[int, ...]
    """The digits still to draw, in order."""
    done: tuple[str, ...] = ()
    """File names, without extension, of the drawings kept so far; the last one can be taken back."""

    @classmethod
    def new(cls, each: int, seed: int | None = None) -> GuidedSession:
        """A session that asks for `each` drawings of every digit, in random rounds of all ten to stay balanced.

        Raises DataError if `each` is not 1 to `MOST`.
        """
        if not 1 <= each <= MOST:
            raise DataError(f"{each} of each digit were asked for; it must be 1 to {MOST:,}")
        chance = random.Random(seed)
        order: list[int] = []
        for _ in range(each):
            turn = chance.sample(range(10), 10)
            if order and turn[0] == order[-1]:
                turn.reverse()  # the same digit twice in a row looks as if the first drawing had not been kept
            order += turn
        return cls(each, tuple(order))

    @property
    def digit(self) -> int | None:
        """The digit to draw now; None if all are drawn."""
        return self.left[0] if self.left else None

    @property
    def total(self) -> int:
        """How many drawings it asks for."""
        return 10 * self.each

    @property
    def number(self) -> int:
        """The number of the drawing to make now, from 1."""
        return min(self.total, self.total - len(self.left) + 1)

    def kept(self, name: str, digit: int) -> GuidedSession:
        """The session after the drawing `name` of `digit` was kept; unchanged if that is not the digit asked for."""
        if digit != self.digit:
            return self
        return dataclasses.replace(self, left=self.left[1:], done=(*self.done, name))

    def taken_back(self, name: str, digit: int) -> GuidedSession:
        """The session after a drawing was taken back; if it was this session's last one, it asks for it again."""
        if not self.done or self.done[-1] != name:
            return self
        return dataclasses.replace(self, left=(digit, *self.left), done=self.done[:-1])

    def skipped(self) -> GuidedSession:
        """The session with the current digit moved to the end."""
        return dataclasses.replace(self, left=(*self.left[1:], *self.left[:1]))

    def write(self, folder: Path) -> None:
        """Save it in the set's folder, if that exists: it does not before the first drawing.

        Raises DataError if the file cannot be written.
        """
        if not folder.is_dir():
            return
        try:
            atomic.write_text(folder / FILE, json.dumps(dataclasses.asdict(self), separators=(",", ":")) + "\n")
        except OSError as error:
            raise DataError(
                f"the guided session cannot be saved in {folder} ({error.strerror}); its drawings are kept. "
                "Free some space there, or make it writable."
            ) from error


def unfinished(folder: Path) -> GuidedSession | None:
    """The session interrupted in this set; None if there is none, all is drawn, or its file is damaged."""
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

"""What a wild user does, drawn from a seed: keys, mouse reports, pastes, stray bytes and changes of size."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass

_PLAIN = [chr(code) for code in range(33, 127) if chr(code) not in "q/~"]
"""Printable keys, but for the one that leaves, and those of which a path that leads out of the folder is made."""
_NAMED = [
    "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\r", "\x1b", "\t", "\x1b[Z", " ", "\x7f", "\x1b[3~", "\x1b[H", "\x1b[F",
    "\x1b[5~", "\x1b[6~", "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS", "\x10", "\x0c",
]  # fmt: skip
_LIKELY = ["h", "d", "t", "p", "j", "?", "\r", "\x1b", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", " ", "\t"]
_STRAY = [
    b"\xe9",
    b"\x1b[M !7",
    b"\x1b]11;rgb:7777/1111/0000\x1b\\",
    b"\x1b[?62;7c",
    b"\x1b[",
    b"\x1bP",
    b"\x9b7",
    b"\x00",
]
_SIZES = [(80, 24), (160, 50), (79, 23), (1, 1), (300, 100)]


@dataclass(frozen=True)
class WildEvent:
    """Bytes that the terminal sends at once, or a change of its size."""

    data: str = ""
    """One character for each byte."""
    columns: int = 0
    """0 if the size stays."""
    rows: int = 0

    def to_json(self) -> str:
        """As one line."""
        return json.dumps({name: value for name, value in asdict(self).items() if value})

    @classmethod
    def from_json(cls, line: str) -> WildEvent:
        """The inverse of `to_json`."""
        return cls(**json.loads(line))


def wild_events(seed: int) -> Iterator[WildEvent]:
    """Without end; the same for the same seed."""
    source = random.Random(seed)
    kinds = (_key, _burst, _stroke, _click, _paste, _stray, _resize)
    while True:
        (kind,) = source.choices(kinds, weights=(60, 12, 8, 10, 1, 2, 2))
        yield kind(source)


def _named(source: random.Random) -> str:
    return source.choice(source.choice((_PLAIN, _NAMED, _LIKELY)))


def _key(source: random.Random) -> WildEvent:
    return WildEvent(_named(source))


def _burst(source: random.Random) -> WildEvent:
    """Keys that a slow line delivers together, often the same one."""
    key = _named(source)
    return WildEvent("".join(key if source.random() < 0.5 else _named(source) for _ in range(source.randrange(2, 6))))


def _at(source: random.Random, button: int, end: str = "M") -> str:
    column, row = source.choice(((80, 24), (160, 50)))
    # Not in the last line: the key that leaves stands there.
    return f"\x1b[<{button};{source.randrange(1, column + 1)};{source.randrange(1, row)}{end}"


def _click(source: random.Random) -> WildEvent:
    button = source.choice((0, 0, 0, 2, 64, 65))
    report = _at(source, button)
    return WildEvent(report + report[:-1] + "m" if button < 64 else report)


def _stroke(source: random.Random) -> WildEvent:
    """A line drawn with the mouse; sometimes the button is never let go."""
    moves = "".join(_at(source, 32) for _ in range(source.randrange(1, 5)))
    return WildEvent(_at(source, 0) + moves + (_at(source, 0, "m") if source.random() < 0.9 else ""))


def _paste(source: random.Random) -> WildEvent:
    text = "".join(source.choice(_PLAIN) for _ in range(source.choice((1, 40, 5000))))
    return WildEvent(f"\x1b[200~{text}\x1b[201~")


def _stray(source: random.Random) -> WildEvent:
    return WildEvent(source.choice(_STRAY).decode("latin-1"))


def _resize(source: random.Random) -> WildEvent:
    size = source.choice(_SIZES) if source.random() < 0.7 else (source.randrange(1, 301), source.randrange(1, 101))
    return WildEvent(columns=size[0], rows=size[1])

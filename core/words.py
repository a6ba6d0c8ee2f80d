"""Counts, lists and percentages as text for people. Knows nothing of what is counted."""

from __future__ import annotations

from collections.abc import Sequence


def plural(count: int, one: str, many: str = "") -> str:
    """`1 image`, `2,000 images`; pass `many` if it is not `one` with an s: `plural(3, "image is", "images are")`."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def listed(things: Sequence[object], last: str = "and") -> str:
    """`4`, `4 and 7`, `4, 7 and 9`."""
    texts = [str(each) for each in things]
    return f"{', '.join(texts[:-1])} {last} {texts[-1]}" if len(texts) > 1 else "".join(texts)


def percent(share: float, places: int = 2) -> str:
    """A measured share, 0 to 1, such as an accuracy: `99.23%`. Rounded normally, possibly to 100%."""
    return f"{share:.{places}%}"


def percent_of(part: int, count: int) -> str:
    """`part` of `count` things as a percentage, with two decimals from 1,000 things on, else one.

    100% only if `part` is all of them, and 0% only if it is none.
    """
    places = percent_places(count)
    shown = round(100 * part / count, places)
    step = 10**-places
    if part < count:
        shown = min(shown, 100 - step)
    if part:
        shown = max(shown, step)
    return f"{shown:.{places}f}%"


def percent_places(count: int) -> int:
    """How many decimals a percentage of `count` things deserves."""
    return 2 if count >= 1000 else 1


def probability(value: float, places: int = 1) -> str:
    """A network's probability: `97.0%`; never 100%, since no network can be certain."""
    return f"{min(value, 1 - 10 ** -(places + 2)):.{places}%}"

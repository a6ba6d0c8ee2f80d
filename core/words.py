"""Counts, lists and shares in the words and figures that a person reads. Knows nothing of what is counted."""

from __future__ import annotations

from collections.abc import Sequence


def plural(count: int, one: str, many: str = "") -> str:
    """`1 image`, `2,000 images`; `many` where that is not `one` with an s: `plural(3, "image is", "images are")`."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def listed(things: Sequence[object], last: str = "and") -> str:
    """`4`, `4 and 7`, `4, 7 and 9`."""
    texts = [str(each) for each in things]
    return f"{', '.join(texts[:-1])} {last} {texts[-1]}" if len(texts) > 1 else "".join(texts)


def percent(share: float, places: int = 2) -> str:
    """A measured share, 0 to 1, such as an accuracy: `99.23%`. Rounded as any number is, also to 100%."""
    return f"{share:.{places}%}"


def percent_of(part: int, count: int) -> str:
    """A share of so many, with as many places as they can tell: two from 1,000 on, else one.

    100% only where nothing is missing from it, and 0% only where there is nothing in it.
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
    """The places after the point that a share of `count` things is worth."""
    return 2 if count >= 1000 else 1


def probability(value: float, places: int = 1) -> str:
    """What a network takes to be so probable: `97.0%`; never 100%, which no network can know."""
    return f"{min(value, 1 - 10 ** -(places + 2)):.{places}%}"

"""Text of foreign origin made fit to be shown. Knows no terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """`text` without what would steer a terminal, or could not be written to it: names of files, mostly."""
    return "".join(each if each.isprintable() else "�" for each in text)

"""Makes text from elsewhere safe to show. Knows no terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """`text`, mostly a file name, with each character that would control a terminal or cannot be printed as �."""
    return "".join(each if each.isprintable() else "�" for each in text)

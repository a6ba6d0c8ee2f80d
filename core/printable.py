"""Makes text from elsewhere safe to show. Knows no terminal."""

from __future__ import annotations


def printable(text: str, keep: str = "") -> str:
    """`text`, mostly a file name, with each character that would control a terminal or cannot be printed as �.

    The characters of `keep`, such as a newline, stay.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each in keep else "�" for each in text)


def abridged(value: object) -> str:
    """A value of a file as a short text for a message, however long, deep or odd it is."""
    import reprlib  # only damage needs it

    return printable(reprlib.repr(value))

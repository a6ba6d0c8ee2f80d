"""tui.terminal.input_filter: what people press and point at comes through, nothing else does, however it is cut."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import pytest
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.message import Message

from tui.terminal.input_filter import InputFilter

ANSWERS = {
    "colour": b"\x1b]11;rgb:1c1c/7777/0000\x1b\\",
    "colour, bell": b"\x1b]10;rgb:0/1/7\x07",
    "palette": b"\x1b]4;7;rgb:7777/1111/0000\x1b\\",
    "clipboard": b"\x1b]52;c;Z2c3\x1b\\",
    "attributes": b"\x1b[?62;1;4;7c",
    "secondary attributes": b"\x1b[>41;377;0c",
    "name": b"\x1bP>|xterm(377) guided\x1b\\",
    "capability": b"\x1bP1+r544e=787465726d\x1b\\",
    "setting": b"\x1bP1$r0 q7\x1b\\",
    "graphics": b"\x1b_Gi=7;OK\x1b\\",
    "window": b"\x1b[8;24;80t",
    "window title": b"\x1b]l7 digits\x1b\\",
    "checksum": b"\x1bP7!~77AB\x1b\\",
    "unknown": b"\x1b[7;7;7;7;7;7x",
    "private": b"\x1b[?997;1n",
    "long": b"\x1b[" + b"7;" * 500 + b"m",
    "X10 mouse": b"\x1b[M !7",
    "X10 mouse far right": b"\x1b[M \xf7\x37",
    "UTF-8 mouse": "\x1b[M \u0137\u0107".encode(),
    "urxvt mouse": b"\x1b[32;77;17M",
    "8-bit meta": b"\xf1\xe7",
    "Latin-1": b"\xe9",
    "8-bit sequence": b"\x9b77x",
    "8-bit string": b"\x9d11;rgb:7777/1111/0000\x07",
    "shifted": b"\x1b[1:2;3u",
    "a key beyond Unicode": b"\x1b[9999999;1u",
    "half a character": b"\x1b[55296;1u",
    "huge mouse": b"\x1b[<0;" + b"9" * 400 + b";7M",
    "huge size": b"\x1b[48;9999;9999;9;9t",
    "SS3": b"\x1bO7z",
}
"""What terminals send that nobody pressed."""


def _messages(pieces: Sequence[bytes], gap: float = 0.0, after: float = 9.0) -> list[Message]:
    """What the parser makes of these pieces, `gap` seconds apart."""
    allowed, parser, now = InputFilter(), XTermParser(), 100.0
    found: list[Message] = []

    def take(text: str) -> None:
        if text:
            found.extend(parser.feed(text))

    for piece in pieces:
        take(allowed.feed(piece, now))
        for tick in range(1, 5):
            take(allowed.tick(now + gap * tick / 4))
        now += gap
    for seconds in (0.2, 1.5, after):
        take(allowed.tick(now + seconds))
    return found


def _keys(messages: Iterable[Message]) -> list[str]:
    return [each.key for each in messages if isinstance(each, events.Key)]


@pytest.mark.parametrize("name", ANSWERS)
def test_no_answer_is_a_key(name: str) -> None:
    """Whole, byte by byte, in two pieces cut anywhere, in time and late; a key behind it comes through."""
    answer = ANSWERS[name]
    assert _keys(_messages([answer])) == []
    assert _keys(_messages([answer + b"h"]))[-1:] == ["h"]
    if len(answer) > 100:
        return
    assert _keys(_messages([bytes([each]) for each in answer])) == []
    for cut in range(2, len(answer)):
        assert _keys(_messages([answer[:cut], answer[cut:]], gap=0.8)) == [], cut
    # Cut off: what follows three seconds later is a key again.
    for cut in range(2, len(answer)):
        assert _keys(_messages([answer[:cut], b"h"], gap=3.5))[-1:] == ["h"], cut


def test_an_answer_whose_escape_came_alone_is_passed_over_behind_the_escape_key() -> None:
    """The line was cut just there."""
    assert _keys(_messages([b"\x1b", b"]11;rgb:7777/1111/0000\x1b\\"], gap=0.5)) == ["escape"]
    assert _keys(_messages([b"\x1b", b"[<0;7;7M"], gap=0.5)) == ["escape"]


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"7g", ["7", "g"]),
        ("é".encode(), ["é"]),
        (b"\x1b[A\x1bOB\x1b[15~\x1b[[A", ["up", "down", "f5", "f1"]),
        (b"\x1b[1;5C\x1b[97;5u\x1b[27u", ["ctrl+right", "ctrl+a", "escape"]),
        (b"\x1b", ["escape"]),
        (b"\x1b\x1b", ["escape", "escape"]),
        (b"\x9bA", ["up"]),
        (b"\x1b[", []),
        (b"\x1bg\x1bh", []),  # alt
        (b"\r\t\x7f\x03", ["enter", "tab", "backspace", "ctrl+c"]),
        (b"h" * 40, ["h"] * 40),
    ],
)
def test_keys_come_through(data: bytes, keys: list[str]) -> None:
    """Of all protocols that terminals speak today."""
    assert _keys(_messages([data])) == keys


def test_a_bracket_after_the_escape_key_is_a_key() -> None:
    """It changes the brush."""
    assert _keys(_messages([b"\x1b", b"["], gap=0.5)) == ["escape", "left_square_bracket"]


def test_every_key_that_textual_knows_comes_through() -> None:
    """Each sequence, and one after the other."""
    sequences = [each for each in ANSI_SEQUENCES_KEYS if isinstance(each, str) and len(each) > 1 and each != "\x1b\x1b"]
    assert len(sequences) > 200
    for sequence in sequences:
        expected = _keys(XTermParser().feed(sequence))
        if len(expected) == 1:  # or it is no key, or a prefix of others
            assert _keys(_messages([sequence.encode()])) == expected, repr(sequence)


def test_mouse_sizes_focus_and_positions_come_through() -> None:
    """As events of their own."""
    found = _messages([b"\x1b[<0;7;5M\x1b[<0;7;5m\x1b[I\x1b[3;9R\x1b[48;24;80;480;960t\x1b[?2026;2$y"])
    assert [type(each).__name__ for each in found] == [
        "MouseDown", "MouseUp", "AppFocus", "CursorPosition", "Resize", "TerminalSupportsSynchronizedOutput",
    ]  # fmt: skip


def test_a_paste_is_what_was_pasted() -> None:
    """Nothing of the mark at its end, wherever the line cuts it; what looks like a part of one stays."""
    sent, pasted = b"\x1b[200~~/my [201~ digits\x1b[\x1b[201~", "~/my [201~ digits["
    for cut in range(2, len(sent) + 1):
        found = _messages([sent[:cut], sent[cut:] + b"h"], gap=0.5)
        assert [each.text for each in found if isinstance(each, events.Paste)] == [pasted], cut
        assert _keys(found) == ["h"], cut


@pytest.mark.parametrize("end", [b"\x1b[201~", b""])
def test_a_paste_of_megabytes_is_no_key(end: bytes) -> None:
    """Nor are sequences within it; one whose end is lost ends after a while."""
    pasted = b"7g\x1b[A\x1b]11;1\x07\n" * 100_000
    found = _messages([b"\x1b[200~" + pasted + end, b"h"], gap=2.5)
    assert _keys(found) == ["h"]
    (paste,) = [each for each in found if isinstance(each, events.Paste)]
    assert len(paste.text) <= 65_536 and "\x1b" not in paste.text


def test_a_paste_in_a_terminal_that_does_not_tell_is_no_key() -> None:
    """Much plain text at once."""
    found = _messages([b"Hand in by 7 o'clock, page 10 to 19.\n" * 20])
    assert _keys(found) == []
    assert [type(each).__name__ for each in found] == ["Paste"]


def test_random_bytes_never_raise_and_never_stop_the_input() -> None:
    """Mostly those of which sequences are made; three seconds later a key is a key again."""
    source = random.Random(7)
    likely = b"\x1b\x1b\x1b[[]<>?;;0123456789MmRu~ctOPGG\\\x07_$y \x80\x9b\xc3\xa9\xf0\xff"
    for _ in range(3000):
        pieces = [
            bytes(source.choice(likely) if source.random() < 0.9 else source.randrange(256) for _ in range(length))
            for length in (source.randrange(1, 30) for _ in range(source.randrange(1, 4)))
        ]
        found = _messages([*pieces, b"h"], gap=4.0)
        assert _keys(found)[-1:] == ["h"], pieces

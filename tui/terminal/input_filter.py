"""What the terminal sends, reduced to the keys, mouse reports and answers that Textual's parser understands.

Terminals answer queries of other programs, late or in pieces, speak older protocols than they are asked for, and pass
on bytes that are no UTF-8. Textual's parser takes what it does not know apart into keys, and a digit is a key that
keeps a drawing. Here such bytes are passed over: sequences are recognised by the grammar of ECMA-48, and only those on
a list go on, whole. Knows no app; the caller gives the time.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from enum import Enum, auto

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

_ESC = "\x1b"
ESCAPE_KEY = f"{_ESC}[27u"
"""The escape key, in a protocol in which it cannot be taken for the start of a sequence."""
PASTE, PASTE_END = f"{_ESC}[200~", f"{_ESC}[201~"
_PARTS = range(len(PASTE_END) - 1, -1, -1)
"""How many characters of the end of a paste a piece may break off after, the most first."""

_ESCAPE_SECONDS = 0.1
"""How long a lone escape may be the start of a sequence."""
_INTRODUCED_SECONDS = 1.0
"""How long `ESC [` may: it is alt+[ too, and a line may deliver a sequence in two pieces."""
_BEGUN_SECONDS = 3.0
"""How long a sequence may take from its start to its end: a slow line delivers it in pieces."""
_PASTE_SECONDS = 2.0
"""How long the end of a paste is waited for."""
_LONGEST = 256
"""Characters of a sequence of which more are kept; of longer ones only the end is looked for."""
_MOST_PASTED = 65_536
"""Characters of a paste that are passed on: no field takes more."""
_TYPED = 32
"""Characters that may arrive at once and count as typed; more of them, not all alike, are a paste."""

_UNDERSTOOD = re.compile(
    r"""\x1b\[(?:
        [IO]                                                    # focus
      | <\d{1,4};\d{1,5};\d{1,5}[Mm]                            # mouse, SGR
      | \d{1,5};\d{1,5}R                                        # cursor position
      | \?\d{1,5};\d\$y                                         # mode report
      | 48;1?\d{1,3};1?\d{1,3};\d{1,5};\d{1,5}t                 # size, in band
      | \d{1,6};\d{1,3}(?:;\d{0,6})?[u~ABCDEFHPQS]              # key, kitty's protocol
      | \d{1,6}u
    )""",
    re.VERBOSE,
)
_SURROGATE = re.compile(r"[\[;](?:5529[6-9]|55[3-9]\d\d|5[67]\d{3})\b")
"""A half of a character, as the key that was pressed: it could not be written again."""
_IS_STRING = re.compile(r"\x1b(?:\][\dlL]|P[\d>!]|_G)")
"""The starts of the strings that terminals send as answers: OSC, DCS and APC. ESC with another character is alt+key."""
_EIGHT_BIT = {0x8F: "O", 0x90: "P", 0x9B: "[", 0x9D: "]", 0x9F: "_"}
"""Controls of one byte, and the character after ESC that says the same."""
_UNDECODED = 0xDC00
"""What Python adds to a byte that is no UTF-8."""


class _State(Enum):
    GROUND = auto()
    ESCAPE = auto()
    """After ESC; with `_late`, the escape key has been told already."""
    SEQUENCE = auto()
    """After `ESC [` or `ESC O`."""
    STRING = auto()
    """Within an OSC, DCS or APC string, which ends with BEL or `ESC \\`."""
    STRING_ESCAPE = auto()
    MOUSE = auto()
    """Within the three characters of an X10 mouse report."""
    PASTE = auto()


class InputFilter:
    """Call `feed` with each piece that was read, and `tick` when nothing was; both return what may be parsed."""

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")("surrogateescape")
        self._state = _State.GROUND
        self._sequence = ""
        self._left = 0
        """Characters of a mouse report, or of a paste, that are still to come, or that may be passed on."""
        self._late = False
        self._when = 0.0
        """When the last piece arrived."""
        self._began = 0.0
        """When what is not complete began."""
        self._out: list[str] = []

    def feed(self, data: bytes, now: float) -> str:
        """What of `data` and of earlier pieces is complete and understood."""
        self._expire(now)
        self._when = now
        text = self._decoder.decode(data)
        if self._state is _State.GROUND and _is_pasted(text):
            return f"{PASTE}{_clean(text[:_MOST_PASTED])}{PASTE_END}"
        place = 0
        while place < len(text):
            if self._state is _State.PASTE:
                place = self._paste(text, place)
            else:
                self._take(text[place])
                place += 1
        return self._taken()

    def tick(self, now: float) -> str:
        """What has become certain because nothing followed it."""
        self._expire(now)
        return self._taken()

    def _taken(self) -> str:
        taken, self._out = "".join(self._out), []
        return taken

    def _expire(self, now: float) -> None:
        """End what has not been continued in time."""
        waited = now - self._when
        if waited >= _INTRODUCED_SECONDS:
            self._decoder.reset()  # a part of a character that never came
        match self._state:
            case _State.ESCAPE if not self._late and waited >= _ESCAPE_SECONDS:
                self._out.append(ESCAPE_KEY)
                self._late = True
            case _State.SEQUENCE if len(self._sequence) == 2 and waited >= _INTRODUCED_SECONDS:
                if self._late:
                    self._out.append(self._sequence[1])  # escape and a bracket, one after the other
                self._ground()
            case _State.MOUSE if waited >= _INTRODUCED_SECONDS:
                self._ground()
            case _State.PASTE if waited >= _PASTE_SECONDS:
                self._out.append(PASTE_END)
                self._ground()
            case _:
                pass
        if self._state is not _State.PASTE and now - self._began >= _BEGUN_SECONDS:
            self._ground()

    def _ground(self) -> None:
        self._state, self._sequence, self._late = _State.GROUND, "", False

    def _take(self, character: str) -> None:
        match self._state:
            case _State.GROUND:
                self._start(character)
            case _State.ESCAPE:
                self._escaped(character)
            case _State.STRING | _State.STRING_ESCAPE:
                self._pass_over(character)
            case _ if character == _ESC:
                self._ground()  # the sequence was cut off
                self._start(character)
            case _State.SEQUENCE:
                self._continue(character)
            case _State.MOUSE:
                self._left -= 1
                if not self._left:
                    self._ground()

    def _start(self, character: str) -> None:
        if character == _ESC:
            self._state, self._sequence, self._began = _State.ESCAPE, _ESC, self._when
        elif same := _EIGHT_BIT.get(ord(character) & ~_UNDECODED):
            self._start(_ESC)
            self._escaped(same)
        elif character <= "\x7f" or character.isprintable():
            self._out.append(character)

    def _escaped(self, character: str) -> None:
        """Take the character after an escape."""
        if character in "[O]P_":
            self._state, self._sequence = _State.SEQUENCE, _ESC + character
            return
        late = self._late or self._state is _State.STRING_ESCAPE
        self._ground()
        if character == _ESC or late:
            if not late:
                self._out.append(ESCAPE_KEY)
            self._start(character)
        elif (sequence := _ESC + character) in ANSI_SEQUENCES_KEYS:
            self._out.append(sequence)

    def _pass_over(self, character: str) -> None:
        """Take a character of a string."""
        if self._state is _State.STRING_ESCAPE and character != "\\":
            self._escaped(character)  # the string was cut off
        elif character == _ESC:
            self._state = _State.STRING_ESCAPE
        elif character == "\a" or self._state is _State.STRING_ESCAPE:
            self._ground()

    def _continue(self, character: str) -> None:
        """Take a character of a sequence."""
        self._sequence += character if len(self._sequence) < _LONGEST else ""
        kind, rest = self._sequence[1], self._sequence[2:]
        if kind in "]P_":
            if _IS_STRING.match(self._sequence):
                self._state = _State.STRING
            else:
                self._ground()  # alt+] and another key
                self._start(character)
        elif kind == "[" and rest == "M":
            self._state, self._left = _State.MOUSE, 3
        elif (kind == "O" and character not in "0123456789;") or ("@" <= character <= "~" and rest != "["):
            self._end()  # `ESC [ [ A` is a key of the Linux console
        elif character == "$" and self._sequence in ANSI_SEQUENCES_KEYS:
            self._end()  # of rxvt

    def _end(self) -> None:
        """A sequence is complete: pass it on if it is understood."""
        sequence, late = self._sequence, self._late
        self._ground()
        if sequence == PASTE and not late:
            self._state, self._left = _State.PASTE, _MOST_PASTED
            self._out.append(sequence)
        elif not late and (sequence in ANSI_SEQUENCES_KEYS or _is_understood(sequence)):
            self._out.append(sequence)

    def _paste(self, text: str, start: int) -> int:
        """Take what is pasted of `text`, from `start` on; returns where that ends.

        Escape sequences in it are nothing but its end, a beginning of which is kept until the rest comes.
        """
        begun = len(self._sequence)
        pasted = self._sequence + text[start:]
        end = pasted.find(PASTE_END)
        if end >= 0:
            self._pass_on(pasted[:end])
            self._out.append(PASTE_END)
            self._ground()
            return start + end + len(PASTE_END) - begun
        end = len(pasted) - next(most for most in _PARTS if pasted.endswith(PASTE_END[:most]))
        self._pass_on(pasted[:end])
        self._sequence = pasted[end:]
        return len(text)

    def _pass_on(self, pasted: str) -> None:
        kept = _clean(pasted[: self._left])
        self._left -= len(kept)
        self._out.append(kept)


def _is_understood(sequence: str) -> bool:
    return bool(_UNDERSTOOD.fullmatch(sequence)) and not (sequence[-1] in "u~" and _SURROGATE.search(sequence))


def _clean(text: str) -> str:
    """`text` without control characters, but with its lines."""
    return "".join(each for each in text if each.isprintable() or each in "\n\r\t")


def _is_pasted(text: str) -> bool:
    """Whether this much plain text at once was pasted, in a terminal that does not say so."""
    return len(text) > _TYPED and _ESC not in text and len(set(text)) > _TYPED // 8

"""The line to the terminal: how long it takes to answer, how much it carries, and how much may be sent now.

It is measured by questions that the terminal answers as soon as it has read them, and so has read all before them.
Knows numbers only: who writes, asks and hears the answers tells it, with the time. Where a terminal answers
nothing, nothing is held back.
"""

from __future__ import annotations

from collections import deque
from math import inf

QUESTION = "\x1b[6n"
"""Asks where the cursor is, which every terminal knows."""
QUEUE = 0.15
"""Seconds of the line's time that may wait in front of it; so much later comes what is drawn next."""
LEAST = 48
"""Bytes that are always worth sending: a cell or two."""
_MARGIN = 0.1
"""Seconds by which an answer may be late on a line that is free: networks and terminals are not even."""
_ALARM, _MUCH = 0.25, 256
"""Seconds by which an answer must be late behind so many bytes to make a line a slow one: computers are busy, too."""
_LONG = 32
"""Bytes from which it can be measured how long they take."""
_LOST = 3.0
"""Seconds after which an answer counts as lost, beyond what the line needs for all that it carries."""
_SLOWEST = 100.0
"""Bytes a second that a line carries at least, as long as it is not measured: 1,200 baud."""
_UNMEASURED = 32_000
"""Bytes that may be under way on a line that was never slow: a large terminal's screen."""
_LESS, _MORE = 0.7, 1.25
"""What one answer can make of what a line is held to carry."""
_SELDOM = 10.0
"""Seconds between two questions that are asked for their own sake."""
_TRIES = 4
"""Questions in a row, on a slow line each after twice the time, after which a terminal is one that does not answer."""
_FAST = 40_000.0
"""Bytes a second from which nothing needs to be held back."""
_REPAINT = 800
"""Bytes of a repaint of bars or plots at 80 × 24, about. As many a second as there is room for."""
_FRAMES = (0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
"""Frames a second that a slow line is given; one that can have more is not slow."""


class TerminalLine:
    """Call `wrote` and `asked` after each write, `answered` for each answer; all with the time, in seconds."""

    def __init__(self) -> None:
        self.rate: float | None = None
        """Bytes a second; None where nothing has ever had to wait."""
        self.answers = False
        """Whether the terminal has answered and goes on answering."""
        self._alone: deque[float] = deque(maxlen=3)
        """Seconds that the last answers took to questions that had the line to themselves."""
        self._flying = 0
        """Bytes of which it is not known that they arrived."""
        self._behind = 0
        """How many of them were written after the question."""
        self._asked: float | None = None
        """When the question was asked that is not answered yet."""
        self._asked_again = 0.0
        self._tries = 0
        self._certain = True
        """Whether the last answer was to the last question."""
        self._held = False
        """Whether there was more to write than there was room for, since the question."""
        self._lone = False
        self._since = 0.0
        """When the line was last known to be free, or to have carried all before this."""
        self._measured = -inf
        """When a question was last alone."""
        self._queue, self._queued = 0.0, 0.0
        """Bytes that wait in front of the line, and when that was so."""

    @property
    def latency(self) -> float:
        """Seconds that an answer takes on the line where nothing else is on it, there and back; 0 if unknown."""
        return min(self._alone, default=0.0)

    @property
    def is_waited_for(self) -> bool:
        """Whether an answer is still to come."""
        return self._asked is not None

    @property
    def frames(self) -> float | None:
        """Frames a second that leave the line free for what is drawn; None where it is not slow."""
        interval = max(self.latency / 2, _REPAINT / self.rate if self.rate else 0.0)
        if interval < 1 / _FRAMES[-1]:
            return None
        return max((each for each in _FRAMES if each * interval <= 1), default=_FRAMES[0])

    def room(self, now: float) -> float:
        """Bytes that may be written now; `inf` where the terminal answers nothing."""
        if not self.answers:
            return inf
        if self.rate is None:
            late = self._asked is not None and now - self._asked > self._patience
            return 0.0 if late else max(0.0, _UNMEASURED - self._flying)
        most = max(LEAST, self.rate * (self.latency + QUEUE)) - self._flying
        room = min(most, max(LEAST, self.rate * QUEUE) - self._waiting(now))
        self._held |= room < LEAST
        return room if room >= LEAST / 2 else 0.0

    def next_room(self, now: float) -> float:
        """Seconds after which there may be more of it, or after which an unanswered question is asked again."""
        if self.rate is not None and self._flying < self.rate * (self.latency + QUEUE) - LEAST:
            return max(0.01, (self._waiting(now) - self.rate * QUEUE + LEAST) / self.rate)
        return max(0.01, self._asked_again + self._allowed - now)

    @property
    def _patience(self) -> float:
        """Seconds after which an answer is so late that something must be waiting in front of the line."""
        return 1.5 * self.latency + 2 * _MARGIN

    @property
    def _allowed(self) -> float:
        """Seconds that an answer may take before it counts as lost."""
        if self.rate is None and self.answers:
            return _LOST + self.latency + self._flying / _FAST
        return (_LOST + self.latency + self._flying / (self.rate or _SLOWEST)) * 2.0**self._tries

    def _waiting(self, now: float) -> float:
        return max(0.0, self._queue - (self.rate or inf) * (now - self._queued)) if self._queue else 0.0

    def wrote(self, count: int, now: float) -> None:
        """So many bytes were written."""
        if not self._flying:
            self._since = now + self.latency
        self._queue, self._queued = self._waiting(now) + count, now
        self._flying += count
        self._behind += count

    def wants_asking(self, now: float) -> bool:
        """Whether to ask now: behind what was written or, once in a while, to measure the line alone."""
        if self._asked is not None:
            return self._asked_again + self._allowed <= now and self._tries < (_TRIES if self.answers else 1)
        return self._behind > 0 or (self.answers and not self._flying and now - self._measured > _SELDOM)

    def asked(self, now: float) -> None:
        """A question was written, behind all else."""
        if self._asked is None:
            self._asked, self._tries, self._lone, self._held = now, 0, not self._flying, False
        else:
            self._tries, self._lone = self._tries + 1, False
        self.wrote(len(QUESTION), now)
        self._asked_again, self._behind = now, 0

    def answered(self, now: float) -> None:
        """The terminal answered."""
        if self._asked is None:
            return
        took, self._asked, self.answers = now - self._asked, None, True
        # Of two questions there may be two answers: neither this one nor the next tells how long one takes.
        certain, self._certain = self._certain and not self._tries, not self._tries
        if not certain:
            pass
        elif self._lone or not self._alone:
            self._alone.append(took)
            self._measured = now if self._lone else -inf
        else:
            self._measure(self._flying - self._behind, took, now)
        self._flying, self._since = self._behind, now

    def forget_question(self) -> None:
        """Wait for no answer any more: whoever would give it may be another by now."""
        if self._asked is not None:
            self._asked, self._flying, self._behind, self._certain = None, 0, 0, False

    def has_given_up(self, now: float) -> bool:
        """Whether the terminal has stopped answering; it is then one on which nothing is held back."""
        if self._asked is None or self._tries < _TRIES or now < self._asked_again + self._allowed:
            return False
        self.answers, self.rate, self._asked, self._flying, self._behind = False, None, None, 0, 0
        return True

    def _measure(self, count: int, took: float, now: float) -> None:
        """So many bytes have arrived, the last of them in front of a question whose answer took so long."""
        late = took - self.latency
        rate = count / max(now - self._since, 0.001)
        if self.rate is None:
            if late > _ALARM and count >= _MUCH:
                self.rate = rate
        elif late > _MARGIN and count >= _LONG:
            # A single answer may be late for other reasons, such as a busy computer.
            self.rate = max((self.rate + 2 * rate) / 3, _LESS * self.rate)
        elif self._held:
            self.rate *= _MORE if late < _MARGIN / 2 else 1.1  # nothing waited: it may carry more
        elif count >= _MUCH:
            self.rate = min(2 * self.rate, max(self.rate, rate))
        if self.rate is not None and self.rate > _FAST:
            self.rate = None

"""The line to the terminal: its latency, its throughput, and how much may be sent now.

It is measured with queries: the terminal answers one as soon as it has read it, and so has read everything before it.
Knows only numbers: the caller reports each write, query and answer with its time. If a terminal does not answer,
nothing is held back.
"""

from __future__ import annotations

from collections import deque
from math import inf

QUESTION = "\x1b[6n"
"""Asks for the cursor's position, which every terminal knows."""
QUEUE = 0.15
"""Seconds' worth of output that may wait in front of the line. It delays whatever is drawn next."""
LEAST = 48
"""Bytes that are always worth sending: a cell or two."""
_MARGIN = 0.1
"""Seconds that an answer may be late on an idle line: networks and terminals jitter."""
_ALARM, _MUCH = 0.25, 256
"""A line counts as slow when an answer is this late, in seconds, after at least this many bytes; shorter delays may be
those of a busy computer."""
_LONG = 32
"""Bytes that are enough to measure the throughput with."""
_LOST = 3.0
"""Seconds after which an answer counts as lost, on top of the time that the bytes under way need."""
_SLOWEST = 100.0
"""Bytes a second that an unmeasured line is assumed to carry at least: 1,200 baud."""
_UNMEASURED = 32_000
"""Bytes that may be under way on a line that was never slow: one screen of a large terminal."""
_LESS, _MORE = 0.7, 1.25
"""The factors by which one answer can lower or raise the estimated throughput."""
_SELDOM = 10.0
"""Seconds between two queries that are sent only to measure the latency."""
_TRIES = 4
"""Unanswered queries after which the terminal counts as not answering; on a slow line each waits twice as long."""
_FAST = 40_000.0
"""Bytes a second above which nothing needs to be held back."""
_REPAINT = 800
"""About the bytes of one repaint of bars or plots at 80 × 24; sets how many repaints a second fit on the line."""
_FRAMES = (0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
"""The frame rates that a slow line can get, in frames a second; a line that can carry more is not slow."""


class TerminalLine:
    """Call `wrote` after each write, `asked` after each query, `answered` on each answer; the time is in seconds."""

    def __init__(self) -> None:
        self.rate: float | None = None
        """Bytes a second; None if nothing has ever had to wait."""
        self.answers = False
        """Whether the terminal has answered and still does."""
        self._idle_round_trips: deque[float] = deque(maxlen=3)
        """Round-trip seconds of the last queries that had the line to themselves."""
        self._in_flight = 0
        """Bytes not yet known to have arrived."""
        self._behind = 0
        """How many of them were written after the query."""
        self._asked: float | None = None
        """When the unanswered query was first sent; None if there is none."""
        self._asked_again = 0.0
        self._tries = 0
        self._certain = True
        """Whether the last answer belonged to the last query."""
        self._has_waited = False
        """Whether output had to wait for room since the query."""
        self._is_alone = False
        """Whether the unanswered query has the line to itself."""
        self._since = 0.0
        """When the line was last known to be idle or to have delivered everything written before."""
        self._measured = -inf
        """When a query last had the line to itself."""
        self._queue, self._queued = 0.0, 0.0
        """Bytes that waited in front of the line, and when."""

    @property
    def latency(self) -> float:
        """Round-trip seconds of a query on an idle line; 0 if unknown."""
        return min(self._idle_round_trips, default=0.0)

    @property
    def is_waited_for(self) -> bool:
        """Whether a query is still unanswered."""
        return self._asked is not None

    @property
    def frames(self) -> float | None:
        """Frames a second that leave room for what is drawn; None if the line is not slow."""
        interval = max(self.latency / 2, _REPAINT / self.rate if self.rate else 0.0)
        if interval < 1 / _FRAMES[-1]:
            return None
        return max((each for each in _FRAMES if each * interval <= 1), default=_FRAMES[0])

    def room(self, now: float) -> float:
        """Bytes that may be written now; `inf` if the terminal does not answer."""
        if not self.answers:
            return inf
        if self.rate is None:
            late = self._asked is not None and now - self._asked > self._patience
            return 0.0 if late else max(0.0, _UNMEASURED - self._in_flight)
        most = max(LEAST, self.rate * (self.latency + QUEUE)) - self._in_flight
        room = min(most, max(LEAST, self.rate * QUEUE) - self._waiting(now))
        self._has_waited |= room < LEAST
        return room if room >= LEAST / 2 else 0.0

    def next_room(self, now: float) -> float:
        """Seconds until there may be more room, or until an unanswered query is sent again."""
        if self.rate is not None and self._in_flight < self.rate * (self.latency + QUEUE) - LEAST:
            return max(0.01, (self._waiting(now) - self.rate * QUEUE + LEAST) / self.rate)
        return max(0.01, self._asked_again + self._allowed - now)

    @property
    def _patience(self) -> float:
        """Seconds after which a missing answer means that output must be waiting in front of the line."""
        return 1.5 * self.latency + 2 * _MARGIN

    @property
    def _allowed(self) -> float:
        """Seconds that an answer may take before it counts as lost."""
        if self.rate is None and self.answers:
            return _LOST + self.latency + self._in_flight / _FAST
        return (_LOST + self.latency + self._in_flight / (self.rate or _SLOWEST)) * 2.0**self._tries

    def _waiting(self, now: float) -> float:
        return max(0.0, self._queue - (self.rate or inf) * (now - self._queued)) if self._queue else 0.0

    def wrote(self, count: int, now: float) -> None:
        """Note that `count` bytes were written."""
        if not self._in_flight:
            self._since = now + self.latency
        self._queue, self._queued = self._waiting(now) + count, now
        self._in_flight += count
        self._behind += count

    def wants_asking(self, now: float) -> bool:
        """Whether to send a query now: after output or, once in a while, to measure the idle line."""
        if self._asked is not None:
            return self._asked_again + self._allowed <= now and self._tries < (_TRIES if self.answers else 1)
        return self._behind > 0 or (self.answers and not self._in_flight and now - self._measured > _SELDOM)

    def asked(self, now: float) -> None:
        """Note that a query was written, after everything else."""
        if self._asked is None:
            self._asked, self._tries, self._is_alone, self._has_waited = now, 0, not self._in_flight, False
        else:
            self._tries, self._is_alone = self._tries + 1, False
        self.wrote(len(QUESTION), now)
        self._asked_again, self._behind = now, 0

    def answered(self, now: float) -> None:
        """Note that the terminal answered."""
        if self._asked is None:
            return
        took, self._asked, self.answers = now - self._asked, None, True
        # Two queries may get two answers: then neither this answer nor the next one measures a round trip.
        certain, self._certain = self._certain and not self._tries, not self._tries
        if not certain:
            pass
        elif self._is_alone or not self._idle_round_trips:
            self._idle_round_trips.append(took)
            self._measured = now if self._is_alone else -inf
        else:
            self._measure(self._in_flight - self._behind, took, now)
        self._in_flight, self._since = self._behind, now

    def forget_question(self) -> None:
        """Stop waiting for an answer: the terminal may be a different one by now."""
        if self._asked is not None:
            self._asked, self._in_flight, self._behind, self._certain = None, 0, 0, False

    def has_given_up(self, now: float) -> bool:
        """Whether the terminal has stopped answering; if so, nothing is held back any longer."""
        if self._asked is None or self._tries < _TRIES or now < self._asked_again + self._allowed:
            return False
        self.answers, self.rate, self._asked, self._in_flight, self._behind = False, None, None, 0, 0
        return True

    def _measure(self, count: int, took: float, now: float) -> None:
        """Update the rate: `count` bytes arrived before a query whose answer took `took` seconds."""
        late = took - self.latency
        rate = count / max(now - self._since, 0.001)
        if self.rate is None:
            if late > _ALARM and count >= _MUCH:
                self.rate = rate
        elif late > _MARGIN and count >= _LONG:
            # A single answer may be late for other reasons, such as a busy computer.
            self.rate = max((self.rate + 2 * rate) / 3, _LESS * self.rate)
        elif self._has_waited:
            self.rate *= _MORE if late < _MARGIN / 2 else 1.1  # nothing waited: it may carry more
        elif count >= _MUCH:
            self.rate = min(2 * self.rate, max(self.rate, rate))
        if self.rate is not None and self.rate > _FAST:
            self.rate = None

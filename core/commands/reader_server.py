"""The answers of the reader process: one line in, one message out, with the network in memory. Knows no stream.

Imports torch.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core.errors import DataError, DigitsError
from core.reading import protocol
from core.reading.protocol import Answer, Loaded, LoadRequest, ReadAnswer, ReadRequest, Ready, RequestFailed
from core.reading.questions import Id, Question
from core.reading.recogniser import Recogniser
from core.runs.checkpoints import resolve

if TYPE_CHECKING:
    from core.reading.explainer import Explainer, Work

_MALFORMED = (ValueError, KeyError, TypeError, OverflowError, RecursionError)
"""The errors of a line that is not JSON, or not a request."""


class ReaderServer:
    """Answers every line that it receives; it has no network until one is loaded.

    Questions are answered by `advance`, a piece at a time, the newest first.
    """

    def __init__(self) -> None:
        self._recogniser: Recogniser | None = None
        self._explainer: Explainer | None = None
        """Of the recogniser's network; None until something is asked."""
        self._waiting: dict[str, tuple[Id, Work]] = {}
        """The work at the newest question of each kind, the newest last."""

    def start(self, checkpoint: str) -> Answer:
        """Load the first checkpoint."""
        try:
            loaded = self._load(checkpoint)
        except DigitsError as error:
            return RequestFailed(str(error))
        return Ready(str(loaded.path), loaded.header.title)

    @property
    def is_busy(self) -> bool:
        """Whether `advance` has something to do."""
        return bool(self._waiting)

    def advance(self) -> Answer | None:
        """Do a piece of the work at the newest question; its answer, if that is now known."""
        kind, (name, work) = next(reversed(self._waiting.items()))
        try:
            found = next(work, None)
        except DigitsError as error:
            del self._waiting[kind]
            return RequestFailed(str(error), name)
        if found is not None and found.is_last:
            del self._waiting[kind]
        return found

    def answer(self, line: bytes) -> Answer | None:
        """The answer to one line; None to a question."""
        data: object = None
        try:
            data = json.loads(line)
            request = protocol.request_of(data)
        except DigitsError as error:
            return RequestFailed(str(error), protocol.id_of(data))
        except _MALFORMED as error:
            return RequestFailed(f"not a request: {error!r}", protocol.id_of(data))
        try:
            match request:
                case ReadRequest():
                    return self._read(request)
                case LoadRequest():
                    return self._change(request)
                case _:
                    self._begin(request)
                    return None
        except DigitsError as error:
            return RequestFailed(str(error), request.id)

    def _read(self, request: ReadRequest) -> ReadAnswer:
        recogniser = self._current()
        if request.strokes is None:
            return ReadAnswer(recogniser.read(request.bitmap, request.polarity), request.id)
        return ReadAnswer(recogniser.read_number(request.bitmap, request.strokes, request.polarity), request.id)

    def _current(self) -> Recogniser:
        """The recogniser, with the weights that its file has now."""
        if self._recogniser is None:
            raise DataError('no network is loaded; send {"id": 1, "load": "path of a checkpoint"} first')
        if self._recogniser.refresh():
            self._explainer = None
        return self._recogniser

    def _begin(self, question: Question) -> None:
        recogniser = self._current()
        if self._explainer is None:
            from core.reading.explainer import Explainer  # not at the reader's start, which bitmaps wait for

            self._explainer = Explainer(recogniser)
        self._waiting.pop(question.KIND, None)  # so that this one becomes the newest
        self._waiting[question.KIND] = question.id, self._explainer.work(question)

    def _change(self, request: LoadRequest) -> Loaded:
        loaded = self._load(request.checkpoint)
        return Loaded(str(loaded.path), loaded.header.title, request.id)

    def _load(self, checkpoint: str) -> Recogniser:
        """Read with `checkpoint` from now on. Raises DigitsError if it cannot be loaded; the last one then goes on."""
        self._recogniser = Recogniser(resolve(checkpoint))
        self._explainer = None
        self._waiting.clear()
        return self._recogniser

"""The answers of the reader process: one line in, one message out, with the network in memory. Knows no stream.

Imports torch.
"""

from __future__ import annotations

import json

from core.errors import DataError, DigitsError
from core.reading import protocol
from core.reading.protocol import Answer, Loaded, LoadRequest, ReadAnswer, ReadRequest, Ready, RequestFailed
from core.reading.recogniser import Recogniser
from core.runs.checkpoints import resolve

_MALFORMED = (ValueError, KeyError, TypeError, OverflowError, RecursionError)
"""The errors of a line that is not JSON, or not a request."""


class ReaderServer:
    """Answers every line that it receives; it has no network until one is loaded."""

    def __init__(self) -> None:
        self._recogniser: Recogniser | None = None

    def start(self, checkpoint: str) -> Answer:
        """Load the first checkpoint."""
        try:
            loaded = self._load(checkpoint)
        except DigitsError as error:
            return RequestFailed(str(error))
        return Ready(str(loaded.path), loaded.header.title)

    def answer(self, line: bytes) -> Answer:
        """The answer to one line."""
        data: object = None
        try:
            data = json.loads(line)
            request = protocol.request_of(data)
        except DigitsError as error:
            return RequestFailed(str(error), protocol.id_of(data))
        except _MALFORMED as error:
            return RequestFailed(f"not a request: {error!r}", protocol.id_of(data))
        try:
            if isinstance(request, ReadRequest):
                return self._read(request)
            return self._change(request)
        except DigitsError as error:
            return RequestFailed(str(error), request.id)

    def _read(self, request: ReadRequest) -> ReadAnswer:
        if self._recogniser is None:
            raise DataError('no network is loaded; send {"id": 1, "load": "path of a checkpoint"} first')
        self._recogniser.refresh()
        if request.strokes is None:
            return ReadAnswer(self._recogniser.read(request.bitmap, request.polarity), request.id)
        reading = self._recogniser.read_number(request.bitmap, request.strokes, request.polarity)
        return ReadAnswer(reading, request.id)

    def _change(self, request: LoadRequest) -> Loaded:
        loaded = self._load(request.checkpoint)
        return Loaded(str(loaded.path), loaded.header.title, request.id)

    def _load(self, checkpoint: str) -> Recogniser:
        """Read with `checkpoint` from now on. Raises DigitsError if it cannot be loaded; the last one then goes on."""
        self._recogniser = Recogniser(resolve(checkpoint))
        return self._recogniser

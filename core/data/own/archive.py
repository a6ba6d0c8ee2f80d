"""An own set in one `.npz`: what a network learns from, for anybody, and the files themselves, to come back.

    images  (N, 28, 28) uint8, normalised     labels  (N,) uint8
    files   (B,) uint8, the bytes of all files, one after another
    index   (J,) uint8, UTF-8 JSON: [{"name": "3/….png", "size": 512, "beside": 800, "changed": 17…}, …]
    decisions  (K,) uint8, what a check-up decided about single images: the file of `core.data.amendments`

`size` and `beside` are the bytes of an image and of the JSON beside it (0 where there is none), `changed` the
time of change in nanoseconds. Images that cannot be read, are blank or left out by the check-up are among the
files only. Nothing in an archive is run, and no name in it leads out of the folder that it is unpacked into.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import amendments, archives
from core.data.collection import SIDE, labelled_images
from core.data.image_file import seen_in
from core.data.own.drawing_files import IMAGES
from core.errors import DataError
from core.system import atomic, pool
from core.system.damage import DAMAGE

_LARGEST = 2**31  # bytes of one array
_NAME = re.compile(r"[0-9]/[^./\0][^/\0]*")


def pack(folder: Path, drawn: Sequence[Path], path: Path, report: pool.Report | None = None) -> None:
    """Write the images `drawn`, of the class folders in `folder`, and what is beside them, to the file `path`.

    `report` is told how many of how many are done. Raises OSError.
    """
    contents, index = bytearray(), []
    for image in drawn:
        content, beside = image.read_bytes(), _content(image.with_suffix(".json"))
        sizes = {"size": len(content), "beside": len(beside)}
        index.append({"name": _name(image), **sizes, "changed": image.stat().st_mtime_ns})
        contents += content + beside
    decided = amendments.read(folder)
    labels = {each: decided[name].label if (name := _name(each)) in decided else int(name[0]) for each in drawn}
    found = zip(pool.each(_normalised, drawn, report), labels.values(), strict=True)
    seen = [(image, label) for image, label in found if label is not None and image.any()]
    part = labelled_images([image for image, _ in seen], [label for _, label in seen])
    decisions = _content(folder / amendments.NAME)
    files, listed, said = (np.frombuffer(each, np.uint8) for each in (contents, json.dumps(index).encode(), decisions))
    with atomic.writing(path) as file:
        np.savez_compressed(file, images=part.images, labels=part.labels, files=files, index=listed, decisions=said)


def unpack(path: Path, folder: Path, report: pool.Report | None = None) -> int:
    """Fill the empty `folder` with class folders from an archive; returns how many images that were.

    One that `pack` wrote gives its files unchanged, another one with images and labels its images normalised.
    Raises DataError where it is neither, or is damaged, and OSError where the folder cannot be written.
    """
    found = _files(path)
    if found is None:
        return _unpack_images(path, folder, report)
    contents, wanted, decisions = found
    if decisions:
        (folder / amendments.NAME).write_bytes(decisions)
    start = 0
    for done, each in enumerate(wanted, 1):
        image = folder / each["name"]
        image.parent.mkdir(exist_ok=True)
        middle, end = start + each["size"], start + each["size"] + each["beside"]
        with image.open("xb") as file:  # two names may be one where capitals do not count
            file.write(contents[start:middle])
        if end > middle:
            image.with_suffix(".json").write_bytes(contents[middle:end])
        os.utime(image, ns=(each["changed"], each["changed"]))
        start = end
        if report is not None:
            report(done, len(wanted))
    return len(wanted)


def _files(path: Path) -> tuple[bytes, list[dict[str, Any]], bytes] | None:
    """Bytes, index and decisions of an archive that `pack` wrote; None of another one. Raises DataError."""
    try:
        with zipfile.ZipFile(path) as file:
            sizes = {each.filename: each.file_size for each in file.infolist()}
        if not {"files.npy", "index.npy"} <= set(sizes):
            return None
        if max(sizes.values()) > _LARGEST:
            raise DataError(f"{path} holds more than {_LARGEST // 2**30} GiB in one array; it is no set of drawings")
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
            contents, index = stored["files"].tobytes(), json.loads(stored["index"].tobytes())
            decisions = stored["decisions"].tobytes() if "decisions" in stored else b""
        return contents, _checked(index, len(contents)), decisions
    except DAMAGE as error:
        raise DataError(f"{path} is no archive of drawings, or is damaged ({error}); export it again") from error


def _unpack_images(path: Path, folder: Path, report: pool.Report | None) -> int:
    from PIL import Image

    collection = archives.gather(path, report)
    number = 0
    for part in collection.parts:
        for image, label in zip(part.images, part.labels.tolist(), strict=True):
            number += 1
            (folder / str(label)).mkdir(exist_ok=True)
            Image.fromarray(image).save(folder / str(label) / f"{number:06}.png")
    return number


def _checked(index: Any, size: int) -> list[dict[str, Any]]:
    """The index, if it is one and describes `size` bytes. Raises ValueError, TypeError or KeyError."""
    names, total = set(), 0
    for each in index:
        name = each["name"]
        if not isinstance(name, str) or not _NAME.fullmatch(name) or not name.lower().endswith(IMAGES):
            raise ValueError(f"{name!r} is no name of a drawing")
        names.add(name)
        numbers = (each["size"], each["beside"], each["changed"])
        if not all(type(number) is int and 0 <= number < 2**63 for number in numbers):
            raise ValueError(f"{numbers} are no sizes and time")
        total += each["size"] + each["beside"]
    if not index or len(names) < len(index) or total != size:
        raise ValueError("its index does not fit its files")
    return list(index)


def _name(image: Path) -> str:
    return f"{image.parent.name}/{image.name}"


def _content(path: Path) -> bytes:
    """The bytes of a file; none where there is no such file, or it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _normalised(image: Path) -> NDArray[np.uint8]:
    """(28, 28); all zero where nothing is drawn or the file cannot be read."""
    try:
        return seen_in(image)
    except DataError:
        return np.zeros((SIDE, SIDE), np.uint8)

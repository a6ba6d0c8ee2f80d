"""An own set in one `.npz`: images and labels for anybody to learn from, and the original files to import again.

    images  (N, 28, 28) uint8, normalised     labels  (N,) uint8
    files   (B,) uint8, the bytes of all files, one after another
    index   (J,) uint8, UTF-8 JSON: [{"name": "3/….png", "size": 512, "beside": 800, "changed": 17…}, …]
    decisions  (K,) uint8, the decisions of a check-up about single images: the file of `core.data.amendments`

`size` and `beside` are the sizes in bytes of an image and of its JSON (0 if it has none); `changed` is the time of
change in nanoseconds. Images that cannot be read, are blank or were left out at a check-up are only in `files`.
Nothing in an archive is executed, and no name in it leads out of the folder that it is unpacked into.
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

from core.config.shape import SIDE
from core.data import amendments, archives
from core.data.collection import labelled_images
from core.data.image_file import seen_in
from core.data.own.drawing_files import IMAGES
from core.errors import DataError
from core.system import atomic, plain_file, pool
from core.system.damage import DAMAGE

_LARGEST = 2**31  # bytes of one array
_NAME = re.compile(r"[0-9]/[^./\0][^/\0]*")


def pack(folder: Path, drawn: Sequence[Path], path: Path, report: pool.Report | None = None) -> None:
    """Write the images `drawn`, in the class folders of `folder`, each with its JSON, to the file `path`.

    `report` receives the number done and the total. Raises OSError.
    """
    contents, index = bytearray(), []
    for image in drawn:
        content, beside = plain_file.read_bytes(image), _content(image.with_suffix(".json"))
        sizes = {"size": len(content), "beside": len(beside)}
        index.append({"name": _name(image), **sizes, "changed": image.stat().st_mtime_ns})
        contents += content + beside
    decided = amendments.read(folder)
    labels = {each: decided[name].label if (name := _name(each)) in decided else int(name[0]) for each in drawn}
    found = zip(pool.each(_normalised, drawn, report), labels.values(), strict=True)
    seen = [(image, label) for image, label in found if label is not None and image.any()]
    part = labelled_images([image for image, _ in seen], [label for _, label in seen])
    blobs = (contents, json.dumps(index).encode(), _content(folder / amendments.NAME))
    files, listed, decisions = (np.frombuffer(blob, np.uint8) for blob in blobs)
    with atomic.writing(path) as file:
        np.savez_compressed(
            file, images=part.images, labels=part.labels, files=files, index=listed, decisions=decisions
        )


def unpack(path: Path, folder: Path, report: pool.Report | None = None) -> int:
    """Fill the empty `folder` with class folders from an archive; returns the number of images.

    An archive that `pack` wrote gives its files unchanged; any other one with images and labels gives its images,
    normalised. Raises DataError if the archive is neither or is damaged, and OSError if the folder cannot be written.
    """
    found = _files(path)
    if found is None:
        return _unpack_images(path, folder, report)
    contents, index, decisions = found
    if decisions:
        (folder / amendments.NAME).write_bytes(decisions)
    start = 0
    for done, each in enumerate(index, 1):
        image = folder / each["name"]
        image.parent.mkdir(exist_ok=True)
        middle, end = start + each["size"], start + each["size"] + each["beside"]
        with image.open("xb") as file:  # on a case-insensitive file system, two names may be the same file
            file.write(contents[start:middle])
        if end > middle:
            image.with_suffix(".json").write_bytes(contents[middle:end])
        os.utime(image, ns=(each["changed"], each["changed"]))
        start = end
        if report is not None:
            report(done, len(index))
    return len(index)


def _files(path: Path) -> tuple[bytes, list[dict[str, Any]], bytes] | None:
    """Bytes, index and decisions of an archive that `pack` wrote; None for any other archive. Raises DataError."""
    try:
        with zipfile.ZipFile(path) as file:
            sizes = {each.filename: each.file_size for each in file.infolist()}
        if not {"files.npy", "index.npy"} <= set(sizes):
            return None
        if max(sizes.values()) > _LARGEST:
            raise DataError(f"{path} has an array of over {_LARGEST // 2**30} GiB; it is not a set of drawings")
        with plain_file.opened(path) as opened, np.load(opened, allow_pickle=False) as stored:
            contents, index = stored["files"].tobytes(), json.loads(stored["index"].tobytes())
            decisions = stored["decisions"].tobytes() if "decisions" in stored else b""
        return contents, _checked(index, len(contents)), decisions
    except DAMAGE as error:
        raise DataError(f"{path} is not an archive of drawings, or is damaged ({error}); export it again") from error


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
    """The index, if it is valid and describes `size` bytes. Raises ValueError, TypeError or KeyError if not."""
    names, total = set(), 0
    for each in index:
        name = each["name"]
        if not isinstance(name, str) or not _NAME.fullmatch(name) or not name.lower().endswith(IMAGES):
            raise ValueError(f"{name!r} is not the name of a drawing")
        names.add(name)
        numbers = (each["size"], each["beside"], each["changed"])
        if not all(type(number) is int and 0 <= number < 2**63 for number in numbers):
            raise ValueError(f"{numbers} are not two sizes and a time")
        total += each["size"] + each["beside"]
    if not index or len(names) < len(index) or total != size:
        raise ValueError("its index does not fit its files")
    return list(index)


def _name(image: Path) -> str:
    return f"{image.parent.name}/{image.name}"


def _content(path: Path) -> bytes:
    """The bytes of a file; empty if it is missing or cannot be read."""
    try:
        return plain_file.read_bytes(path)
    except OSError:
        return b""


def _normalised(image: Path) -> NDArray[np.uint8]:
    """The image (28, 28) uint8; all zero if it is blank or cannot be read."""
    try:
        return seen_in(image)
    except DataError:
        return np.zeros((SIDE, SIDE), np.uint8)

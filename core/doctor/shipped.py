"""What came with the program: MNIST's files, the shipped model, and the program's own files. Without torch."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path, PurePosixPath

from core import paths
from core.doctor.diagnosis import Examined, Remedy, Section, fine, note, problem
from core.doctor.path_text import path_text, without_home
from core.doctor.weights import of_checkpoint
from core.errors import CheckpointError, DataError
from core.networks import checkpoint_file
from core.words import plural

_AGAIN = Remedy("Install digits-tui again:", "python -m pip install --force-reinstall --no-deps digits-tui")


def examine() -> Section:
    """All of it."""
    return Section("What came with the program", (_mnist(), _model(), *_program()))


def _remedy(path: str) -> Remedy:
    return (
        Remedy("Bring the files back, in the checkout:", f"git checkout -- {path}") if paths.is_checkout() else _AGAIN
    )


def _mnist() -> Examined:
    from core.data import mnist  # NumPy

    damaged = []
    for name in mnist.FILES:
        try:
            mnist.verify(name)
        except DataError as error:
            damaged.append(without_home(str(error)))
    if damaged:
        words = f"{len(damaged)} of {plural(len(mnist.FILES), 'file')} cannot be used"
        return problem("MNIST", words, _remedy("data/mnist"), damaged)
    return fine("MNIST", f"{len(mnist.FILES)} files, each with the md5 that its authors publish")


def _model() -> Examined:
    path = paths.shipped_checkpoint()
    try:
        title = checkpoint_file.header(path).title
    except CheckpointError as error:
        return problem("model", without_home(str(error)), _remedy("checkpoints/shipped.npz"))
    if reason := of_checkpoint(path):
        words = f"the weights in {path_text(path)} {reason}"
        return problem("model", words, _remedy("checkpoints/shipped.npz"))
    # Each member of the archive has a checksum of its own, so that no list of checksums has to be kept up to date.
    return fine("model", f"{title}; its checksums fit, all weights are finite")


def _program() -> Iterator[Examined]:
    """Of an installation: whether each file is as it was installed, by the checksums that pip keeps."""
    if paths.is_checkout():
        return
    root = Path(paths.__file__).parent.parent
    try:
        files = metadata.distribution("digits-tui").files or []
    except metadata.PackageNotFoundError:
        files = []
    listed = [each for each in files if each.hash is not None and PurePosixPath(each).parts[0] in ("core", "tui")]
    if not listed or Path(str(listed[0].locate())).resolve() != (root / listed[0]).resolve():
        yield note("files", "not compared: this copy was not installed as a package, so that no checksums are known")
        return
    changed = [reason for each in listed if (reason := _changed(each))]
    if changed:
        words = f"{len(changed):,} of {plural(len(listed), 'file')} are not as they were installed"
        yield problem("files", words, _AGAIN, changed)
    else:
        yield fine("files", f"{plural(len(listed), 'file')} of the program, each as it was installed (sha256)")


def _changed(file: metadata.PackagePath) -> str:
    """Why a file is not as it was installed, with its name; empty if it is."""
    if file.hash is None:
        return ""
    try:
        found = hashlib.new(file.hash.mode, Path(str(file.locate())).read_bytes(), usedforsecurity=False).digest()
    except OSError as error:
        return f"{file}: {error.strerror}"
    if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != file.hash.value.rstrip("="):
        return f"{file}: its {file.hash.mode} is another than at its installation"
    return ""

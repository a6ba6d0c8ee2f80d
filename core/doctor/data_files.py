"""The user's smaller files: the catalogue's additions, decisions about images, choices, drafts, caches, downloads."""

from __future__ import annotations

import shlex
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from core import paths
from core.data import additions, amendments, downloadable, sources
from core.data.own import own_set
from core.doctor.diagnosis import Examined, Remedy, fine, note, problem
from core.doctor.path_text import aside, path_text, remedy, without_home
from core.drawing import draft
from core.printable import printable
from core.runs import preferences
from core.system import json_file
from core.system.damage import DAMAGE
from core.words import plural

Report = Callable[[int, int, str], None]
"""Is told how many of how many are done, and what they are."""


def examine(report: Report, quick: bool) -> list[Examined]:
    """Lines on all of them; `quick` opens no cache and no download."""
    added, lines = _additions()
    folders = [own.folder for own in own_set.sets()]
    folders += [Path(each["path"]) for each in added if sources.is_folder(each["kind"])]
    lines += [*_decisions(folders), *_preferences(), *_drafts()]
    lines += [fine("caches", "not opened"), fine("downloads", "not opened")] if quick else _archives(report)
    return lines


def catalogued_folders() -> list[Path]:
    """The folders that a person added to the catalogue, if that can be read."""
    return [Path(each["path"]) for each in _additions()[0] if sources.is_folder(each["kind"])]


def _additions() -> tuple[list[dict[str, str]], list[Examined]]:
    """What was added to the catalogue, and the lines on that."""
    file = additions.file()
    try:
        added = additions.stored()
    except FileNotFoundError:
        return [], [fine("catalogue", "nothing was added")]
    except OSError as error:
        words = f"the list of added data sets cannot be read: {path_text(file)}: {error.strerror}"
        return [], [problem("catalogue", words, remedy("Make the file readable", "chmod u+rw", [file]))]
    except ValueError as error:
        words = f"the list of added data sets is damaged: {path_text(file)}: {without_home(str(error))}"
        mend = Remedy("Let the program set the damaged list aside, then add your folders again:", "digits-tui datasets")
        return [], [problem("catalogue", words, mend)]
    gone = [each for each in added if not paths.exists(Path(each["path"]))]
    if not gone:
        return added, [fine("catalogue", f"{plural(len(added), 'data set')} added, each is there")]
    words = f"{len(gone):,} of {plural(len(added), 'added data set')} {'is' if len(gone) == 1 else 'are'} gone"
    remove = f"digits-tui datasets --remove {printable(shlex.quote(gone[0]['name']))}"
    mend = Remedy("Bring them back, or take each off the list:", remove)
    return added, [note("catalogue", words, mend, [path_text(each["path"]) for each in gone])]


def _decisions(folders: list[Path]) -> list[Examined]:
    said = [without_home(each) for folder in folders for each in amendments.complaints(folder)]
    if not said:
        looked_at = f"{plural(len(folders), 'folder')} looked at, none damaged" if folders else "none"
        return [fine("decisions", looked_at)]
    words = f"{plural(len(said), 'file')} with decisions of check-ups cannot be read"
    mend = Remedy("Open the folder's check-up (v on the data screen) and decide again; the file is then set aside.")
    return [problem("decisions", words, mend, said)]


def _preferences() -> list[Examined]:
    said = [without_home(each) for each in preferences.complaints()]
    if not said:
        return [fine("choices", "obeyed, or none yet")]
    mend = remedy("Forget the choice, then choose the model again", "rm", [preferences.file()])
    return [problem("choices", said[0], mend, said[1:])]


def _drafts() -> list[Examined]:
    files = sorted((paths.home() / "data" / "drafts").glob("[0-9]*.json"))
    damaged = [file for file in files if draft.read(file) is None and file.exists()]
    if not damaged:
        return [fine("drafts", plural(len(files), "drawing") + " on a pad" if files else "none")]
    words = f"{len(damaged):,} of {plural(len(files), 'drawing')} on a pad cannot be read"
    mend = aside("Move the damaged draft out of the way", damaged)
    return [problem("drafts", words, mend, [path_text(file) for file in damaged])]


def _archives(report: Report) -> list[Examined]:
    """Caches are made again when they are damaged, downloads are not."""
    cache = paths.home() / "data" / "cache"
    caches = sorted(cache.glob("[!.]*.npz"))
    fetched = [downloadable.path_of(name) for name in downloadable.DOWNLOADABLE if downloadable.is_downloaded(name)]
    reasons: dict[Path, str] = {}
    files = [*caches, *fetched]
    for done, file in enumerate(files, 1):
        if reason := _damage(file):
            reasons[file] = reason
        report(done, len(files), "archives")
    for file in cache.glob("[!.]*.json"):
        try:
            json_file.load(file)
        except (OSError, ValueError) as error:
            reasons[file] = str(error)
    bad_caches = [file for file in reasons if file.parent == cache]
    bad_fetched = [file for file in fetched if file in reasons]
    lines = [fine("caches", f"{plural(len(caches), 'cache')}, none damaged" if caches else "none")]
    if bad_caches:
        words = f"{plural(len(bad_caches), 'file is', 'files are')} damaged and will be made again"
        lines = [
            note(
                "caches", words, remedy("Remove the damaged caches", "rm", bad_caches), list(_each(bad_caches, reasons))
            )
        ]
    if not bad_fetched:
        return [*lines, fine("downloads", f"{plural(len(fetched), 'data set')}, none damaged" if fetched else "none")]
    again = " && ".join(f"digits-tui datasets --download {file.stem}" for file in bad_fetched)
    words = f"{plural(len(bad_fetched), 'data set is', 'data sets are')} damaged"
    mend = remedy("Download the damaged data sets again", "rm", bad_fetched, f"&& {again}")
    return [*lines, problem("downloads", words, mend, list(_each(bad_fetched, reasons)))]


def _each(files: list[Path], reasons: dict[Path, str]) -> Iterator[str]:
    return (f"{path_text(file)}: {without_home(reasons[file])}" for file in files)


def _damage(file: Path) -> str:
    """What is wrong with an archive, by the checksums in it; empty if nothing is."""
    try:
        with zipfile.ZipFile(file) as archive:
            changed = archive.testzip()
    except DAMAGE as error:
        return str(error) or type(error).__name__
    return f"{changed} in it has changed since it was written" if changed is not None else ""

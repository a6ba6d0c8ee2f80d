"""Makes damaged files of sound ones: by bytes, as JSON, line by line, and within zip archives with right checksums.

What comes out depends on the generator's seed alone.
"""

from __future__ import annotations

import copy
import io
import json
import math
import random
import warnings
import zipfile
from typing import Any

_DEEP: Any = "deep"
for _ in range(60):
    _DEEP = [_DEEP]

NASTY: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 7, 2**31, 2**53 + 1, -(10**30), 10**400, 0.5, -0.0, 1e-320, 1e308, math.nan, math.inf,
    -math.inf, "", "x", "finished", "running", "paused", "7", "\ud800", "\x1b[2J", "\0", "a\nb", "../../etc/passwd",
    "é" * 300, "x" * 50_000, [], {}, [[]], [None], [1, 2], {"a": 1}, _DEEP,
)  # fmt: skip
"""Values for any place in a JSON file."""
_BYTES = (b"", b"\0", b"\xff", b"\n", b"{", b"[", b'"', b"]}", b"\xed\xa0\x80", b"PK\x03\x04", b"\x80\x02")


def damaged(data: bytes, kind: str, chance: random.Random) -> bytes:
    """`data` with some damage; `kind` is `bytes`, `json`, `lines` or `zip`. Raises no error of its own."""
    if chance.random() < 0.35:
        return _bytes(data, chance)
    match kind:
        case "json":
            return _json(data, chance)
        case "lines":
            return _lines(data, chance)
        case "zip":
            return _zip(data, chance)
    return _bytes(data, chance)


def changed(value: Any, chance: random.Random, values: tuple[Any, ...] = NASTY) -> Any:
    """A copy of nested dicts and lists in which one to three places hold something else, are gone or are doubled."""
    whole = [copy.deepcopy(value)]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        places = list(_places(whole))
        holder, key = chance.choice(places)
        match chance.randrange(6):
            case 0 if len(places) > 1:
                del holder[key]
                if not whole:
                    return chance.choice(values)
            case 1 if isinstance(holder, dict):
                holder[f"{key}2"] = holder.pop(key)
            case 2 if isinstance(holder, list):
                holder.append(holder[key])
            case _:
                holder[key] = copy.deepcopy(chance.choice(values))
    return whole[0]


def _places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting and len(found) < 5_000:
        holder = waiting.pop()
        for key, each in holder.items() if isinstance(holder, dict) else enumerate(holder):
            found.append((holder, key))
            if isinstance(each, dict | list):
                waiting.append(each)
    return found


def _bytes(data: bytes, chance: random.Random) -> bytes:
    bad = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        place = chance.randrange(len(bad) + 1)
        end = min(len(bad), place + chance.choice((1, 1, 4, 50, 4000)))
        match chance.randrange(7):
            case 0:
                bad[place:end] = bytes(each ^ (1 << chance.randrange(8)) for each in bad[place:end])
            case 1:
                del bad[place:end]
            case 2:
                del bad[place:]
            case 3:
                bad[place:place] = chance.choice(_BYTES)
            case 4:
                bad[place:end] = bytes(end - place)
            case 5:
                bad[place:place] = bad[chance.randrange(len(bad) + 1) :][: chance.choice((1, 8, 200))]
            case _:
                bad[place:end] = chance.randbytes(end - place)
    return bytes(bad)


def _json(data: bytes, chance: random.Random) -> bytes:
    text = json.dumps(changed(json.loads(data), chance))
    if chance.random() < 0.1 and (colons := [index for index, each in enumerate(text) if each == "{"]):
        place = chance.choice(colons) + 1
        keys = [each.split('"')[-1] for each in text.split('":')[:-1]] or ["a"]
        text = f'{text[:place]}"{chance.choice(keys)}": {json.dumps(chance.choice(NASTY))},{text[place:]}'
    if chance.random() < 0.03:
        text = "[" * 100_000 + text
    return text.encode()


def _lines(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines()
    for _ in range(chance.choice((1, 1, 2, 3))):
        place = chance.randrange(len(lines))
        match chance.randrange(8):
            case 0:
                lines.append(lines.pop(place))
            case 1:
                lines.insert(place, lines[chance.randrange(len(lines))])
            case 2:
                lines[place] = lines[place][: chance.randrange(len(lines[place]) + 1)]
            case 3:
                lines[place] = _bytes(lines[place], chance)
            case _ if lines[place].startswith(b"{") and lines[place].endswith(b"}"):
                try:
                    lines[place] = _json(lines[place], chance)
                except ValueError:  # an earlier round damaged it
                    lines[place] += b"x"
            case _:
                lines[place] += b"x"
    return b"\n".join(lines) + chance.choice((b"\n", b"\n", b""))


def _zip(data: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(each.filename, archive.read(each), each.compress_type) for each in archive.infolist()]
    place = chance.randrange(len(members))
    name, content, packed = members[place]
    match chance.randrange(7):
        case 0:
            del members[place]
        case 1:
            members.append((chance.choice(members)[0], content, packed))
        case 2:
            members[place] = name + chance.choice(("x", "/", "\0", ".npy")), content, packed
        case 3 if name.endswith(".json"):
            members[place] = name, _json(content, chance), packed
        case 4:
            members[place] = name, content, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        case _:
            head = content[:256] if chance.random() < 0.7 else content  # where formats say what they are
            members[place] = name, _bytes(head, chance) + content[len(head) :], packed
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content, packed in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = packed
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a name twice is meant
                archive.writestr(info, content)
    return out.getvalue()

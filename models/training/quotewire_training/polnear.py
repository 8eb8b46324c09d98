"""Read PolNeAR (Newell et al., LREC 2018): US political articles with attributions in BRAT's stand-off format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quotewire_training.spans import Attribution, QuotedText, Stretch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MARKED = re.compile(r"^(T\d+)\t(\S+) ([\d ;]+)")
_EVENT = re.compile(r"^(E\d+)\t(.*)")
_ROLES = {"Content": "content", "Cue": "cue", "Source": "source"}


def read_split(folder: Path) -> Iterator[QuotedText]:
    """Read `folder`/text and `folder`/attributions, in the order of the file names.

    Some articles have several annotators: the first by name is used, so that each article counts once. Attributions
    without content (a few broken ones) are skipped. Raises FileNotFoundError where the folder holds no
    texts, ValueError where an article has no annotation.
    """
    texts = sorted((folder / "text").glob("*.txt"))
    if not texts:
        raise FileNotFoundError(f"{folder}: no text/*.txt here; name the parent folder of polnear/")
    annotated: dict[str, list[Path]] = {}
    for path in sorted((folder / "attributions").glob("*.ann")):
        annotated.setdefault(path.stem.rpartition("_")[0], []).append(path)
    for path in texts:
        if path.stem not in annotated:
            raise ValueError(f"{path}: no attributions/{path.stem}_*.ann belongs to it")
        attributions, discarded = read_annotation(annotated[path.stem][0].read_text("utf-8"))
        # The offsets count code points of the file as it is: carriage returns must stay.
        text = path.read_bytes().decode("utf-8")
        yield QuotedText(path.stem, text, tuple(attributions), tuple(discarded))


def read_annotation(annotation: str) -> tuple[list[Attribution], list[Stretch]]:
    """Read one .ann file: the attributions in its order, and the stretches that are marked as no article text."""
    marked: dict[str, list[Stretch]] = {}
    discarded: list[Stretch] = []
    events: list[list[str]] = []
    for line in annotation.splitlines():
        if match := _MARKED.match(line):
            stretches = [_stretch(part) for part in match.group(3).split(";")]
            marked[match.group(1)] = stretches
            if match.group(2) == "Discard":
                discarded += stretches
        elif match := _EVENT.match(line):
            events.append(match.group(2).split())
    attributions = []
    for arguments in events:
        roles: dict[str, list[Stretch]] = {"content": [], "cue": [], "source": []}
        for argument in arguments:
            role, _, target = argument.partition(":")
            role_name = _ROLES.get(role.rstrip("0123456789"))
            if role_name and target in marked:
                roles[role_name] += marked[target]
        if roles["content"]:
            content, cue, source = (tuple(sorted(roles[role])) for role in ("content", "cue", "source"))
            attributions.append(Attribution(content, cue, source))
    return attributions, discarded


def _stretch(written: str) -> Stretch:
    start, end = written.split()
    return int(start), int(end)

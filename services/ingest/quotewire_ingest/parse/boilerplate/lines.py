"""The lines of a text that is being cleaned."""

from __future__ import annotations


class TextLines:
    """The lines of a text with the reason of each that is dropped; ``kept`` holds the places of the others."""

    def __init__(self, text: str) -> None:
        self.all = text.split("\n")
        self.why: list[str | None] = [None if line.strip() else "blank" for line in self.all]
        self.kept = [i for i, why in enumerate(self.why) if why is None]

    def drop(self, index: int, reason: str) -> None:
        """Take a line out."""
        self.why[index] = reason
        self.kept.remove(index)

    def __getitem__(self, index: int) -> str:
        return self.all[index].strip()

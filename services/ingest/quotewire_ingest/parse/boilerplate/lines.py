"""The lines of a text while boilerplate is dropped from it."""

from __future__ import annotations


class TextLines:
    """The lines of a text, and for each dropped line the reason.

    ``text_lines[index]`` is a line without white space at its ends.
    """

    def __init__(self, text: str) -> None:
        self.raw = text.split("\n")
        self.reasons: list[str | None] = [None if line.strip() else "blank" for line in self.raw]
        """None for a line that is kept."""
        self._kept: list[int] | None = None
        self.has_paragraphs = "blank" in self.reasons
        """Whether blank lines divide the text."""

    @property
    def kept(self) -> list[int]:
        """The indexes of the lines that are kept. Collected when first asked for after a line was dropped."""
        if self._kept is None:
            self._kept = [index for index, reason in enumerate(self.reasons) if reason is None]
        return self._kept

    def drop(self, index: int, reason: str) -> None:
        """Drop a line that has been kept so far; ``reason`` is the one on the wire (``dropped[].reason``)."""
        self.reasons[index] = reason
        self._kept = None

    def is_blank(self, index: int) -> bool:
        """Whether a line is blank."""
        return index < len(self.raw) and not self.raw[index].strip()

    def __getitem__(self, index: int) -> str:
        return self.raw[index].strip()

"""Repair text whose UTF-8 bytes somebody has read as another encoding: `â€œ` for `“`, `Ã©` for `é`.

Such text stands in pages that are encoded correctly: it was pasted in damaged. Only lines that hold the signs of at
least one whole character in UTF-8 are given to ftfy, which decides whether their combination is unlikely in any
language. All other lines stay as they are.
"""

from __future__ import annotations

import re

from ftfy import TextFixerConfig, fix_encoding

# What the bytes after the first look like in Latin-1 and Windows-1252.
_LATIN = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
# The same in Windows-1251, without the letters of Russian.
_CYRILLIC = "\x80-\xbfЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—™љ›њќћџЎўЈҐЄЇІіґєјЅѕї"
_SUSPICIOUS = re.compile(
    rf"[\u00c2-\u00df][{_LATIN}]|[\u00e0-\u00ef][{_LATIN}]{{2}}|[\u00f0-\u00f4][{_LATIN}]{{3}}"
    rf"|[ÂÃ] |â€|вЂ|[РС][{_CYRILLIC}][РС]"
)
# Windows-1252 leaves the last byte of a closing quotation mark undefined, so programs lose it.
_LOST_END = re.compile(r"â€(?=[\s.,;:!?)\]]|$)")
# The repair takes 3 s for a million damaged characters; an article has a quarter of a million at most.
_MAX_CHARACTERS = 2**19
_ENCODING_ONLY = TextFixerConfig(
    unescape_html=False, remove_terminal_escapes=False, replace_lossy_sequences=False, fix_c1_controls=False,
    fix_latin_ligatures=False, fix_character_width=False, uncurl_quotes=False, fix_line_breaks=False,
    fix_surrogates=False, remove_control_chars=False, normalization=None, explain=False,
)  # fmt: skip


def repair_mojibake(text: str) -> str:
    """Return a text with its damaged lines repaired; each character of other lines and of longer texts stays."""
    if len(text) > _MAX_CHARACTERS or not _SUSPICIOUS.search(text):
        return text
    return "\n".join([_repair_line(line) if _SUSPICIOUS.search(line) else line for line in text.split("\n")])


def _repair_line(line: str) -> str:
    return fix_encoding(_LOST_END.sub("â€\x9d", line), _ENCODING_ONLY)

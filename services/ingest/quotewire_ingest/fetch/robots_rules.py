"""Parse a robots.txt in a time that grows with its length, whatever is in it.

The parser keeps each rule once for every user agent of its group: 15,000 names above 20,000 rules, half a megabyte,
would take minutes and gigabytes. So all names that are not ours become one.
"""

from __future__ import annotations

import re

from protego import Protego

# RFC 9309 asks to parse at least 500 KiB.
_MAX_CHARACTERS = 512 * 1024
_USER_AGENT = re.compile(r"\s*user(?:-|\s+)?agent\b\s*:?(?P<name>[^#]*)", re.IGNORECASE)
_OTHERS = "User-agent: others"


def parse_robots(text: str, user_agent: str) -> Protego:
    """Parse the rules for one user agent; blocking (a third of a second for the largest file)."""
    # A byte-order mark hides the line that it stands before; files that were put together have more than one, and some
    # have a mark that was encoded twice.
    text = text[:_MAX_CHARACTERS].replace("\ufeff", "").replace("\xef\xbb\xbf", "")
    lines = [_one_name_for_others(line, user_agent.lower()) for line in text.splitlines()]
    return Protego.parse("\n".join(lines))


def _one_name_for_others(line: str, user_agent: str) -> str:
    match = _USER_AGENT.match(line)
    if match is None:
        return line
    name = match["name"].strip().lower()
    if name in ("", "*"):
        return line
    # A group is for all whose name begins with the one it states; asterisks in a name mean nothing.
    plain = name.replace("*", "")
    return f"User-agent: {plain}" if plain and user_agent.startswith(plain) else _OTHERS

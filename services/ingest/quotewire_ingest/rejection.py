"""Why an input does not become an article, and whether it may later: a closed list of reasons, one exception."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

from quotewire_runtime.errors import QuotewireError


class RejectionReason(StrEnum):
    """The reasons an outcome carries; `docs/ingest.md` explains each from the operator's side."""

    # files
    MISSING = "missing"
    NOTHING_TO_READ = "nothing_to_read"
    """A folder without a file we read, or a file of a kind we do not read."""
    UNREADABLE_FILE = "unreadable_file"
    EMPTY = "empty"
    BLANK = "blank"
    BINARY = "binary"
    NOT_UTF8 = "not_utf8"
    NUL = "nul"
    SURROGATE = "surrogate"
    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    INVALID = "invalid"
    # pages
    NOT_A_PAGE = "not_a_page"
    TOO_MANY_ELEMENTS = "too_many_elements"
    NO_TEXT = "no_text"
    INDEX_PAGE = "index_page"
    BOT_WALL = "bot_wall"
    CONSENT_PAGE = "consent_page"
    PAYWALL = "paywall"
    ERROR_PAGE = "error_page"
    TIMEOUT = "timeout"
    CRASH = "crash"
    MEMORY = "memory"
    # the network
    BAD_ADDRESS = "bad_address"
    PRIVATE_ADDRESS = "private_address"
    ROBOTS = "robots"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    """The server's TLS certificate cannot be verified."""
    STATUS = "status"
    TRUNCATED = "truncated"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    ENCODING = "encoding"
    # the operator
    DO_NOT_INGEST = "do_not_ingest"
    NEVER_SEEN = "never_seen"
    AMBIGUOUS = "ambiguous"
    """A withdrawal by an address that led to many articles."""


@dataclass(frozen=True, slots=True)
class RetryRule:
    """Whether an address is fetched again after rejections for ``reasons``, where the server answered, by its status.

    ``found`` and ``then`` describe it in docs/ingest.md; without ``statuses`` it is for every status, and for none.
    """

    reasons: tuple[RejectionReason, ...]
    transient: bool
    found: str
    then: str
    statuses: Container[int] | None = None


_SOON = "after 30 s, then 60 s; not before `Retry-After`, up to a day"
_FINAL = "never"
_BUSY_OR_BROKEN = (408, 425, 429, *range(500, 600))
"""Timeout, too early, too many requests, and whatever is wrong with the server itself."""
RETRY_RULES = (
    RetryRule(
        (RejectionReason.UNREACHABLE, RejectionReason.TIMEOUT, RejectionReason.TRUNCATED, RejectionReason.ENCODING),
        True, "no whole answer; or out of time parsing it", _SOON,
    ),
    RetryRule((RejectionReason.STATUS,), True, "408, 425, 429, 5xx", _SOON, _BUSY_OR_BROKEN),
    RetryRule((RejectionReason.STATUS,), False, "any other status (404, 403, 410)", _FINAL),
    RetryRule(
        (RejectionReason.ROBOTS,), True, "robots.txt answers 408, 425, 429 or 5xx",
        "after 5 min, or at `Retry-After`, up to 12 h", _BUSY_OR_BROKEN,
    ),
    RetryRule((RejectionReason.ROBOTS,), False, "robots.txt does not allow it", _FINAL),
)  # fmt: skip
"""The first rule that fits is applied; what no rule names is final."""


def is_transient(reason: RejectionReason, status: int | None = None) -> bool:
    """Return whether a failure may be over later, by its reason and, where there was an answer, its status."""
    for rule in RETRY_RULES:
        if reason in rule.reasons and (rule.statuses is None or status in rule.statuses):
            return rule.transient
    return False


class Rejected(QuotewireError):
    """An input that ends without an article. ``message`` says what is wrong in a few words, not naming it.

    ``status``: of the server's answer, where that is what is wrong; ``retry_after_s``: the seconds it asks to wait.
    """

    exit_code = 2

    def __init__(
        self, reason: RejectionReason, message: str, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.status = status
        self.retry_after_s = retry_after_s

    @property
    def transient(self) -> bool:
        """Whether the failure may be over later."""
        return is_transient(self.reason, self.status)

    def __reduce__(self) -> tuple[type[Rejected], tuple[RejectionReason, str, int | None, float | None]]:
        """Travel between processes with all arguments."""
        return type(self), (self.reason, self.message, self.status, self.retry_after_s)


@dataclass(frozen=True, slots=True)
class RejectedInput:
    """An input that gave no article: one line for a person, one reason for a program.

    ``transient``: the same address may give one later, after ``retry_after_s`` where the server said so.
    """

    name: str
    reason: RejectionReason
    message: str
    transient: bool = False
    retry_after_s: float | None = None

    @classmethod
    def of(cls, name: str, rejected: Rejected) -> RejectedInput:
        """Name the input that was rejected."""
        return cls(name, rejected.reason, rejected.message, rejected.transient, rejected.retry_after_s)

    def __str__(self) -> str:
        return f"{self.name}: {self.message}"

"""Why an input does not become an article: one closed list of reasons, one exception."""

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


class Rejected(QuotewireError):
    """An input that ends without an article. ``message`` says what is wrong in a few words, not naming it."""

    exit_code = 2

    def __init__(self, reason: RejectionReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message

    def __reduce__(self) -> tuple[type["Rejected"], tuple[RejectionReason, str]]:
        """Travel between processes with both arguments."""
        return type(self), (self.reason, self.message)


@dataclass(frozen=True, slots=True)
class RejectedInput:
    """An input that gave no article: one line for a person, one reason for a program."""

    name: str
    reason: RejectionReason
    message: str

    def __str__(self) -> str:
        return f"{self.name}: {self.message}"

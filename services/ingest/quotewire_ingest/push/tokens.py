"""Check who may push for which source: bearer tokens, held as their SHA-256 and compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

from pydantic import SecretStr

from quotewire_ingest.source import Source
from quotewire_runtime.errors import SettingsError

# Shorter tokens can be guessed; `openssl rand -hex 24` gives 48 characters.
_MIN_CHARACTERS = 16
_SOURCE_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


class Tokens:
    """The tokens of all sources."""

    def __init__(self, sources: Sequence[Source], tokens: Mapping[str, SecretStr]) -> None:
        """Collect the hashes of `sources.yaml` and the tokens of the settings, by source.

        Raises ``SettingsError`` for a token that is too short or bound to two sources, and for a source with `push` and
        no token.
        """
        self._owners: dict[bytes, str] = {}
        for source_id, secret in tokens.items():
            token = secret.get_secret_value()
            if not _SOURCE_ID.fullmatch(source_id):
                raise SettingsError(f"QUOTEWIRE_PUSH__TOKENS: {source_id[:100]!r} is no name of a source")
            if len(token) < _MIN_CHARACTERS:
                raise SettingsError(
                    f"QUOTEWIRE_PUSH__TOKENS: the token of {source_id} has fewer than {_MIN_CHARACTERS} characters"
                )
            self._bind(hashlib.sha256(token.encode()).digest(), source_id)
        for source in sources:
            for digest in source.push_sha256:
                self._bind(bytes.fromhex(digest), source.id)
            if source.push and source.id not in self._owners.values():
                raise SettingsError(
                    f"sources.yaml: {source.id} awaits pushes, but has no token: give its SHA-256 as push_sha256,"
                    " or the token in QUOTEWIRE_PUSH__TOKENS"
                )

    def __len__(self) -> int:
        return len(self._owners)

    def source_of(self, authorization: str) -> str | None:
        """Return the source whose token an Authorization header holds; None for anything else.

        All tokens are compared, also after one matched: the time reveals nothing.
        """
        scheme, _, token = authorization.strip().partition(" ")
        digest = hashlib.sha256(token.strip().encode("utf-8", "surrogateescape")).digest()
        found: str | None = None
        for other, source_id in self._owners.items():
            if hmac.compare_digest(digest, other):
                found = source_id
        return found if scheme.lower() == "bearer" else None

    def _bind(self, digest: bytes, source_id: str) -> None:
        if self._owners.setdefault(digest, source_id) != source_id:
            raise SettingsError(f"one token cannot push for two sources: {self._owners[digest]} and {source_id}")

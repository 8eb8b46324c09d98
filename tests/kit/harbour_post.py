"""The Harbour Post, an invented newspaper: its articles, and its site on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.site import Site, running_site
from quotewire_ingest.settings import Settings, SourceSettings

TEXT = (
    "<p>The ferry to Oststrand was late again on Monday, the harbour master Ilvane Morrec said in the evening.</p>" * 2
)


def article(name: str | int) -> str:
    """Return the page of an article, different for every name."""
    return (
        f"<html><head><title>Ferry {name}</title></head><body><article><h1>Ferry {name}</h1>{TEXT}"
        f"<p>This is number {name}.</p></article></body></html>"
    )


def polled(settings: Settings, folder: Path, *addresses: str) -> Settings:
    """Return `settings` with the newspaper as the only source, polled at `addresses` several times a second."""
    path = folder / "sources.yaml"
    path.write_text(f"sources:\n  - id: harbour-post\n    outlet: Harbour Post\n    feeds: {list(addresses)}\n")
    sources = SourceSettings(file=path, least_interval_s=0.2, most_interval_s=0.3)
    return settings.model_copy(update={"sources": sources})


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """The site with the articles `/a`, `/b` and `/c`; a test adds its feeds."""
    async with running_site() as site:
        for name in ("a", "b", "c"):
            site.page(f"/{name}", article(name))
        yield site

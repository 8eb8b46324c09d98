"""Build the store: the only module that knows all of its parts."""

from __future__ import annotations

from quotewire_store.database import store_database
from quotewire_store.dead_letter_topics import DeadLetterTopics
from quotewire_store.dead_letters import DeadLetterCopier
from quotewire_store.handler import StoreHandler
from quotewire_store.settings import Settings


def build(settings: Settings) -> StoreHandler:
    """Build the handler with its two connections: one for articles, one for dead letters. Nothing is opened yet."""
    conninfo = settings.postgres.conninfo()
    dead_letters = DeadLetterCopier(
        DeadLetterTopics(settings.kafka), store_database(conninfo, application_name="quotewire store dead letters")
    )
    return StoreHandler(store_database(conninfo), dead_letters)

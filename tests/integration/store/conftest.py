from collections.abc import AsyncIterator

import pytest

from kit.services import services
from quotewire_store.database import store_database
from quotewire_store.handler import StoreHandler

__all__ = ["handler", "services"]


@pytest.fixture
async def handler(postgres_dsn: str) -> AsyncIterator[StoreHandler]:
    """A store on a database of its own, without Kafka."""
    store = StoreHandler(store_database(postgres_dsn))
    await store.start()
    yield store
    await store.stop()

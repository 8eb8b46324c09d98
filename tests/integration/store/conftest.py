from collections.abc import AsyncIterator

import pytest

from quotewire_store.handle import StoreHandler
from quotewire_store.postgres import Database


@pytest.fixture
async def handler(postgres_dsn: str) -> AsyncIterator[StoreHandler]:
    """A store on a database of its own, without Kafka."""
    store = StoreHandler(Database(postgres_dsn))
    await store.start()
    yield store
    await store.stop()

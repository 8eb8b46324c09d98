"""How the service is built."""

import pytest

from quotewire_extract.bootstrap import with_enough_batches
from quotewire_extract.settings import ExtractSettings, Settings


@pytest.mark.parametrize(("workers", "batches"), [(1, 4), (4, 4), (14, 14)])
def test_there_are_at_least_as_many_batches_at_a_time_as_workers(workers: int, batches: int) -> None:
    settings = with_enough_batches(Settings(extract=ExtractSettings(workers=workers)))
    assert settings.engine.batches_at_once == batches
    assert settings.engine.batch_articles == Settings().engine.batch_articles

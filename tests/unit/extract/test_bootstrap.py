"""How the service is put together."""

import pytest

from quotewire_extract.bootstrap import busy
from quotewire_extract.settings import ExtractSettings, Settings


@pytest.mark.parametrize(("workers", "at_once"), [(1, 4), (4, 4), (14, 14)])
def test_there_are_at_least_as_many_batches_under_way_as_workers(workers: int, at_once: int) -> None:
    settings = busy(Settings(extract=ExtractSettings(workers=workers)))
    assert settings.engine.batches_at_once == at_once
    assert settings.engine.batch_articles == Settings().engine.batch_articles

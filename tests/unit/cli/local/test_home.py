from pathlib import Path

import pytest

from quotewire.local.errors import LocalError
from quotewire.local.home import Home, NoStreamRunning, stream_env


@pytest.mark.parametrize(
    "postgres", [{"QUOTEWIRE_POSTGRES__DSN": "postgresql://db/news"}, {"QUOTEWIRE_POSTGRES__HOST": "db"}]
)
def test_addresses_in_the_environment_need_no_home(postgres: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS": "broker:9092", **postgres}.items():
        monkeypatch.setenv(name, value)

    assert stream_env() == {}


def test_kafka_alone_is_not_enough(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS", "broker:9092")
    monkeypatch.delenv("QUOTEWIRE_POSTGRES__DSN", raising=False)
    monkeypatch.delenv("QUOTEWIRE_POSTGRES__HOST", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("empty")))

    with pytest.raises(NoStreamRunning, match="quotewire up"):
        stream_env()


def test_a_home_with_a_comma_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="comma"):
        Home(tmp_path / "a,b").create()

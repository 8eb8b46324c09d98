"""Settings come from the environment and secret files; a wrong one is reported in one line."""

from pathlib import Path

import pytest
from pydantic import Field, SecretStr, ValidationError

from quotewire_runtime.config import settings as module
from quotewire_runtime.config.env import iter_variables
from quotewire_runtime.config.settings import EngineSettings, PostgresSettings, Section, StageSettings, load
from quotewire_runtime.config.settings_table import settings_table
from quotewire_runtime.errors import SettingsError


class Own(Section):
    depth: int = Field(3, description="How deep.")
    hosts: list[str] = Field(default_factory=list, description="Which hosts.")
    token: SecretStr | None = Field(None, description="A | secret.")
    deep: bool = Field(True, description="Whether.")


class Settings(StageSettings):
    postgres: PostgresSettings = PostgresSettings()
    own: Own = Own()


def test_a_variable_sets_one_field_and_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTEWIRE_ENGINE__BATCH_ARTICLES", "4")
    monkeypatch.setenv("QUOTEWIRE_OWN__HOSTS", '["a", "b"]')
    monkeypatch.setenv("QUOTEWIRE_OTHER__SERVICE", "is not ours")
    loaded = load(Settings)
    assert (loaded.engine.batch_articles, loaded.engine.session_timeout_s) == (4, 10)
    assert loaded.own.hosts == ["a", "b"]


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("QUOTEWIRE_ENGINE__BATCH_ARTICLES", "many", "Input should be a valid integer"),
        ("QUOTEWIRE_ENGINE__BATCH_ARTICLES", "0", "Input should be greater than or equal to 1"),
        ("QUOTEWIRE_ENGINE__COLOUR", "4", "no such setting"),
        ("QUOTEWIRE_ENGINE__BATCH_ARTICLE", "4", "no such setting, did you mean QUOTEWIRE_ENGINE__BATCH_ARTICLES"),
        ("QUOTEWIRE_OWN__HOSTS", "a, b", "not JSON"),
        ("QUOTEWIRE_POSTGRES__DSN", "user:hunter2@db", "not a connection string; write postgresql://"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as error:
        load(Settings)
    assert str(error.value).startswith(f"{variable}: {message}")
    assert error.value.exit_code == 2


def test_no_message_contains_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTEWIRE_KAFKA__SASL_PASSWORD", "hunter2")
    monkeypatch.setenv("QUOTEWIRE_KAFKA__SECURITY_PROTOCOL", "SASL_SSL")
    with pytest.raises(SettingsError, match="needs sasl_username and sasl_password") as error:
        load(Settings)
    assert "hunter2" not in str(error.value)


def test_variables_take_precedence_over_secret_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "quotewire_postgres__password").write_text("from file\n")
    (tmp_path / "quotewire_kafka__sasl_password").write_text("from file")
    monkeypatch.setattr(module, "SECRETS_DIR", tmp_path)
    monkeypatch.setenv("QUOTEWIRE_KAFKA__SASL_PASSWORD", "from env")
    loaded = load(Settings)
    assert loaded.postgres.password is not None
    assert loaded.postgres.password.get_secret_value() == "from file"
    assert loaded.kafka.sasl_password.get_secret_value() == "from env"


def test_conninfo_escapes_and_prefers_the_dsn() -> None:
    parts = PostgresSettings(host="h", password=SecretStr("it's a \\"))
    assert parts.conninfo() == "host='h' port='5432' user='quotewire' dbname='quotewire' password='it\\'s a \\\\'"
    assert PostgresSettings(dsn=SecretStr("postgresql://x")).conninfo() == "postgresql://x"
    assert "it's" not in repr(parts)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().engine.batch_articles = 1  # type: ignore[misc]


def test_the_table_has_a_row_and_a_meaning_for_every_setting() -> None:
    table = settings_table(Settings)
    for variable, field, _ in iter_variables(Settings):
        assert f"`{variable}`" in table
        assert field.description, variable
    assert "| `QUOTEWIRE_OWN__DEPTH` | integer | `3` | How deep. |" in table
    assert "| `QUOTEWIRE_OWN__TOKEN` | secret | – | A \\| secret. |" in table
    assert "| `QUOTEWIRE_OWN__DEEP` | true or false | `true` | Whether. |" in table
    assert "| `QUOTEWIRE_OWN__HOSTS` | JSON | `[]` | Which hosts. |" in table


class Small(StageSettings):
    engine: EngineSettings = EngineSettings(batch_articles=8)


def test_the_table_shows_the_default_of_the_service() -> None:
    assert "| `QUOTEWIRE_ENGINE__BATCH_ARTICLES` | integer | `8` |" in settings_table(Small)
    assert "| `QUOTEWIRE_ENGINE__BATCH_ARTICLES` | integer | `64` |" in settings_table(StageSettings)

from pathlib import Path

import pytest

from quotewire.local.settings import CommandSettings, default_cache


def test_the_cache_follows_the_xdg_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "quotewire"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert default_cache() == Path.home() / ".cache/quotewire"
    monkeypatch.setenv("QUOTEWIRE_LOCAL__CACHE", "/elsewhere")
    assert CommandSettings().local.cache == Path("/elsewhere")

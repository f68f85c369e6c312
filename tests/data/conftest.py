import pytest


@pytest.fixture(autouse=True)
def _cache_of_its_own(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("DA_CACHE_ROOT", str(tmp_path_factory.mktemp("cache")))

"""`quotewire sources status`, as an operator sees it."""

import asyncio
import json
from pathlib import Path

import pytest

from kit.eventually import eventually
from kit.ingest_without_kafka import Stream
from kit.site import Answer, running_site
from quotewire.cli import run
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.settings import Settings, SourceSettings

pytestmark = pytest.mark.integration

EMPTY = b"<rss version='2.0'><channel><title>Harbour Post</title></channel></rss>"


async def test_every_silent_source_has_its_reason(
    stream: Stream, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("QUOTEWIRE_POSTGRES__DSN", stream.dsn)
    assert await asyncio.to_thread(run, ["sources", "status"]) == 0
    assert "no source was ever polled" in capsys.readouterr().err
    async with running_site() as site:
        page = (
            "<html><body><h1>Checking your browser</h1><p>Enable JavaScript and cookies to continue</p></body></html>"
        )
        site.page("/wall", page)
        site.answers["/empty"] = Answer(EMPTY)
        site.answers["/walled"] = Answer(
            EMPTY.replace(b"</channel>", f"<item><link>{site.url}/wall</link></item></channel>".encode())
        )
        sources_file = tmp_path / "sources.yaml"
        feeds = {"empty": "/empty", "gone": "/gone", "walled": "/walled"}
        lines = [f"  - {{id: {name}, feeds: ['{site.url}{path}']}}" for name, path in feeds.items()]
        await asyncio.to_thread(
            sources_file.write_text, "\n".join(["sources:", *lines, "  - {id: pushed, push: true}"])
        )
        sources = SourceSettings(file=sources_file, least_interval_s=60, most_interval_s=600)
        stop = asyncio.Event()
        running = asyncio.create_task(Ingest(settings.model_copy(update={"sources": sources})).run(stop))

        def done() -> bool:
            polls = stream.query("SELECT count(*) FROM ingest.feeds WHERE polls > 0")
            return polls == [(3,)] and bool(stream.query("SELECT 1 FROM ingest.inputs WHERE outcome = 'rejected'"))

        await eventually(done, within=90)
        stop.set()
        await running
    capsys.readouterr()  # the log of the service, which ran in this process
    assert await asyncio.to_thread(run, ["sources", "status", "--json"]) == 0
    found = {one["source_id"]: one for one in json.loads(capsys.readouterr().out)}
    assert found["empty"]["why"] == "answers, but names no article"
    assert (found["gone"]["state"], "404 Not Found" in found["gone"]["why"]) == ("failing", True)
    assert found["gone"]["last_error"] == "the server answers 404 Not Found"
    assert found["walled"]["state"] == "refused"
    assert "1 of its pages gave no article" in found["walled"]["why"]
    assert (found["pushed"]["state"], found["pushed"]["next_poll"]) == ("not asked", None)
    assert await asyncio.to_thread(run, ["sources", "status", "--silent", "--source", "gone"]) == 0
    table = capsys.readouterr().out
    assert "404 Not Found" in table
    assert "walled" not in table
    assert await asyncio.to_thread(run, ["sources", "status", "--feeds"]) == 0
    assert f"{site.url}/gone" in capsys.readouterr().out

"""A server whose certificate cannot be verified: rejected, but for the source that allows it, which is logged."""

import asyncio
from pathlib import Path

import pytest

from kit.certificates import self_signed
from kit.eventually import eventually
from kit.harbour_post import article
from kit.ingest_without_kafka import Stream
from kit.site import Answer, running_site
from quotewire.cli import run
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.settings import Settings, SourceSettings

pytestmark = pytest.mark.integration


async def test_two_sources_on_one_host_of_which_one_needs_no_certificate(
    stream: Stream, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("QUOTEWIRE_POSTGRES__DSN", stream.dsn)
    async with running_site(tls=self_signed(tmp_path)) as site:
        site.page("/late", article("late"))
        item = f"<item><link>{site.url}/late</link></item>"
        site.answers["/feed"] = Answer(f"<rss version='2.0'><channel>{item}</channel></rss>".encode())
        sources_file = tmp_path / "sources.yaml"
        sources_file.write_text(
            f"sources:\n- {{id: strict, feeds: ['{site.url}/strict']}}\n"
            f"- {{id: trusting, feeds: ['{site.url}/feed'], verify_tls: false}}\n"
        )
        sources = SourceSettings(file=sources_file, least_interval_s=60)
        stop = asyncio.Event()
        running = asyncio.create_task(Ingest(settings.model_copy(update={"sources": sources})).run(stop))

        def done() -> bool:
            failing = stream.query("SELECT last_error FROM ingest.feeds WHERE source_id = 'strict' AND failures > 0")
            done = stream.query("SELECT source_id, outcome FROM ingest.inputs WHERE outcome IS NOT NULL")
            return bool(failing) and done == [("trusting", "published")]

        await eventually(done, within=60)
        stop.set()
        await running
        assert "/strict" not in site.asked
    warnings = [line for line in capsys.readouterr().out.splitlines() if "certificates_not_verified" in line]
    assert len(warnings) == 1
    assert "trusting" in warnings[0]
    assert "strict" not in warnings[0]
    assert await asyncio.to_thread(run, ["sources", "status"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines["trusting"].rstrip().endswith("certificates are not verified")
    assert "failing" in lines["strict"]
    assert "the server's certificate cannot be verified: self-signed certificate" in lines["strict"]

"""What is generated is fresh, and the topics are what the architecture promises."""

import subprocess
import sys
from pathlib import Path

from quotewire_schemas.topics import Topics, dead_letter_topic, spec, specs

ROOT = Path(__file__).resolve().parents[3]


def test_generated_files_are_fresh() -> None:
    done = subprocess.run([sys.executable, ROOT / "schemas" / "generate.py", "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_a_dead_letter_topic_holds_its_sources_largest_record_and_its_headers() -> None:
    for stage, source in (("extract", "news.article.v1"), ("store", "news.article.enriched.v1")):
        letters = spec(dead_letter_topic(source, stage))
        assert letters.dead_letters_of == stage
        assert letters.max_message_bytes == spec(source).max_message_bytes + 64 * 1024


def test_every_topic_forgets_within_fourteen_days_and_has_one_partition_count() -> None:
    for item in specs():
        assert item.config["cleanup.policy"] == "delete", item.name
        assert 0 < int(item.config["retention.ms"]) <= 14 * 86_400_000, item.name
        assert item.partitions == 12, item.name
        assert item.name == item.name.lower(), item.name


def test_a_prefix_separates_streams_on_one_cluster() -> None:
    topics = Topics("staging.")
    assert topics.article == "staging.news.article.v1"
    assert topics.plain(topics.article) == Topics().article

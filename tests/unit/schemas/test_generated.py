"""What is generated is fresh, and the topics are what the architecture promises."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

import quotewire_schemas
from quotewire_schemas import Article, DeadLetter, EnrichedArticle, Quote, QuotesVoided
from quotewire_schemas.topics import Topics, dead_letter_topic, spec, specs

ROOT = Path(__file__).resolve().parents[3]


def test_generated_files_are_fresh() -> None:
    done = subprocess.run([sys.executable, ROOT / "schemas" / "generate.py", "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.mark.parametrize("record", [Article, EnrichedArticle, Quote, QuotesVoided, DeadLetter])
def test_the_page_of_topics_tells_every_field_of_a_record_and_of_what_is_in_it(record: type[BaseModel]) -> None:
    page = (ROOT / "docs" / "topics.md").read_text("utf-8")
    schema = record.model_json_schema()
    for name, part in {record.__name__: schema, **schema.get("$defs", {})}.items():
        rows = page.partition(f"\n### {name}\n")[2].partition("\n#")[0]
        for field in part.get("properties", {}):
            meaning = re.search(rf"^\| `{field}` \|.*\| ?(.*) \|$", rows, re.MULTILINE)
            assert meaning is not None, f"{name}.{field}"
            assert meaning[1] or field == "type", f"{name}.{field} has no meaning"


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


def test_a_topic_belongs_to_the_area_that_writes_it() -> None:
    assert {item.name: [item.owner] for item in specs()} == {item.name: item.producers for item in specs()}
    assert {item.owner for item in specs()} <= {"ingest", "extract", "store"}


def test_every_public_name_of_the_package_can_be_imported_from_it() -> None:
    internal = {"Member", "Model", "OpenMember"}  # how the models are built
    modules = [
        importlib.import_module(f"quotewire_schemas.{path.stem}")
        for path in (ROOT / "schemas" / "quotewire_schemas").glob("[a-z]*.py")
    ]
    public = {
        name
        for module in modules
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (name.isupper() or getattr(value, "__module__", "").startswith("quotewire_schemas"))
    }
    assert set(quotewire_schemas.__all__) == public - internal


def test_a_prefix_separates_streams_on_one_cluster() -> None:
    topics = Topics("staging.")
    assert topics.article == "staging.news.article.v1"
    assert topics.plain(topics.article) == Topics().article

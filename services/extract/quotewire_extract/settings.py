"""The settings of the extract service, read from its environment."""

from __future__ import annotations

from pydantic import Field

from quotewire_extract.release import ANNOTATOR_RELEASE
from quotewire_runtime.config.settings import EngineSettings, Section, StageSettings


class ExtractSettings(Section):
    """How articles are annotated."""

    pipelines: dict[str, str] = Field(
        {"en": "en_wire"},
        description="spaCy pipeline per language, by package name or path: "
        "`QUOTEWIRE_EXTRACT__PIPELINES__DE=de_core_news_sm`. One that finds no quotations gives only entities. "
        "Articles in other languages pass through unannotated.",
    )
    annotator_release: int = Field(
        ANNOTATOR_RELEASE,
        ge=0,
        description="Release number in every record. Raise it whenever a pipeline of yours may answer otherwise, also "
        "after a repair: under the same number, consumers drop the new records as copies of the old ones "
        "(docs/runbooks/change-pipeline.md). It never goes down.",
    )
    workers: int = Field(1, ge=1, le=64, description="Processes that annotate, about 300 MiB each; one per core.")
    threads: int = Field(1, ge=1, le=64, description="Processor threads of the encoder in each worker.")
    deadline_s: float = Field(
        45,
        gt=0,
        description="Seconds one article may take before its worker is killed and it becomes a dead letter; "
        "the longest text allowed takes about 10, up to 30 where it is all punctuation. Keep it "
        "below the engine's `rebalance_timeout_s`.",
    )
    memory_mib: int = Field(
        1536, ge=256, description="MiB a worker may use before its current article becomes a dead letter."
    )


class Settings(StageSettings):
    """Settings of the extract service, `QUOTEWIRE_…`."""

    # Small batches, several at a time: an article waits for few others, and an idle worker takes from the next batch.
    # All together must end before the rebalance timeout of 60 s: half a MiB is about 90,000 words, 20 s of one worker.
    # With more than four workers there are as many batches as workers (`bootstrap.with_enough_batches`).
    engine: EngineSettings = EngineSettings(batch_articles=8, batch_bytes=2**17, batches_at_once=4)
    extract: ExtractSettings = ExtractSettings()

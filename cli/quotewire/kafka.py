"""Which Kafka a verb talks to."""

import logging
from pathlib import Path

from quotewire.local.home import reach
from quotewire.local.settings import command_settings
from quotewire_runtime.config.settings import KafkaSettings, ServiceSettings, load


def kafka_of(home: Path | None) -> KafkaSettings:
    """The Kafka of the environment, else that of the stream on this machine."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it meets comes as one line of ours
    if home is not None or command_settings().kafka.bootstrap_servers is None:
        reach(home)
    return load(ServiceSettings).kafka

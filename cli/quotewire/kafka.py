"""The Kafka that a verb connects to."""

import logging
from pathlib import Path

from quotewire.local.home import export_stream_env
from quotewire.local.settings import command_settings
from quotewire_runtime.config.settings import KafkaSettings, ServiceSettings, load


def kafka_settings(home: Path | None) -> KafkaSettings:
    """The Kafka of the environment, else that of the stream on this machine; with `home`, always the latter."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # its failures reach the user as one line of ours
    if home is not None or command_settings().kafka.bootstrap_servers is None:
        export_stream_env(home)
    return load(ServiceSettings).kafka

"""A real Prometheus that scrapes services every second, with our rules."""

import json
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from kit.eventually import soon
from kit.expressions import RULES
from kit.ports import LOOPBACK, free_port
from kit.prometheus import program

SCRAPE_S = 1
TIMEOUT_S = 10


@contextmanager
def scraping(folder: Path, targets: Mapping[str, list[str]]) -> Iterator[str]:
    """Run Prometheus in a context and yield its URL; `targets` are addresses (host:port) by job."""
    config = {
        "global": {"scrape_interval": f"{SCRAPE_S}s", "evaluation_interval": f"{SCRAPE_S}s"},
        "rule_files": [str(path) for path in RULES],
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": addresses}]} for job, addresses in targets.items()
        ],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf8")
    address = f"{LOOPBACK}:{free_port()}"
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen(
            [
                program("prometheus"),
                f"--config.file={folder}/prometheus.yml",
                f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address={address}",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        soon(lambda: _is_ready(f"http://{address}/-/ready"), within=60)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(30)


def run_query(prometheus: str, query: str) -> list[dict[str, Any]]:
    """Run an instant query; each series has `metric` (labels) and `value` (time, number as text)."""
    url = f"{prometheus}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
        found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
    return found


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False

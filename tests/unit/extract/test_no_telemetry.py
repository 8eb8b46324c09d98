import os
import subprocess
import sys


def test_importing_the_tagger_forbids_onnxruntime_to_report_usage() -> None:
    seen = "import os, quotewire_extract.tagger.network; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}

    done = subprocess.run([sys.executable, "-c", seen], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "1"

"""The reader: one small encoder that finds entities and quotations in a single pass over the text."""

import os

# onnxruntime's wheels report usage over the network, beginning with the import, unless this stands in the environment.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

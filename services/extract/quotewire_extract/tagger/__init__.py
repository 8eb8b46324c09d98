"""The spaCy component ``wire_reader``: one small encoder finds entities and quotations in a single pass."""

import os

# onnxruntime's wheels report usage over the network from their import on, unless this variable is set.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

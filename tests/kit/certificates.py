"""Self-signed certificates."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

ADDRESS = "127.0.0.1"


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return a server's TLS context with a self-signed certificate for the loopback address."""
    if not shutil.which("openssl"):
        pytest.fail("openssl is missing: install it (Debian: apt install openssl)", pytrace=False)
    key, certificate = folder / "server.key", folder / "server.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-keyout", key, "-out", certificate, "-subj", "/CN=harbour-post", "-addext", f"subjectAltName=IP:{ADDRESS}",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context

"""Only addresses that a publisher's server can have are public."""

import pytest

from quotewire_ingest.fetch.ssrf import check_url, is_public
from quotewire_ingest.rejection import Rejected, RejectionReason


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "192.0.0.8", "198.18.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fd12::1",
        "fec0::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::",
        "2002:0a00:0001::1", "2001:db8::1", "2001::1", "::127.0.0.1",
    ],
)  # fmt: skip
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://0x7f.1/", "http://0177.0.0.1/", "http://2130706433/", "http://[::1]/",
        "http://[::ffff:127.0.0.1]/", "http://localhost/", "http://LOCALHOST./", "http://a.localhost/", "http://printer.local/",
        "http://169.254.169.254/latest/meta-data", "http://metadata.google.internal/",
    ],
)  # fmt: skip
def test_private_literals_are_rejected_before_any_request(url: str) -> None:
    with pytest.raises(Rejected) as rejected:
        check_url(url, allow_private=False)
    assert rejected.value.reason is RejectionReason.PRIVATE_ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        "https://user@harbour-post.example/", "https://user:secret@harbour-post.example/", "file:///etc/passwd",
        "gopher://harbour-post.example/", "https://harbour-post.example:22/", "https:///path", "http://[::1", "",
    ],
)  # fmt: skip
def test_odd_urls_are_rejected(url: str) -> None:
    with pytest.raises(Rejected) as rejected:
        check_url(url, allow_private=False)
    assert rejected.value.reason is RejectionReason.BAD_ADDRESS


def test_the_setting_allows_private_hosts_and_ports() -> None:
    assert check_url("http://127.0.0.1:8080/a", allow_private=True).port == 8080

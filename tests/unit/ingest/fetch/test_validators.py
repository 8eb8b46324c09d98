"""Validators are sent back as the bytes that they came as."""

import pytest

from quotewire_ingest.fetch.validators import NO_VALIDATORS, Validators, to_wire, validators_of


@pytest.mark.parametrize("etag", [b'"one"', b'W/"\xe9t\xe9"', '"fähre"'.encode(), bytes(range(0x80, 0x100))])
def test_an_etag_of_any_bytes_comes_back_as_it_was(etag: bytes) -> None:
    validators = validators_of([(b"Server", b"x"), (b"ETag", etag), (b"Last-Modified", b"gestern \xfcbrigens")])

    assert to_wire(validators.etag or "") == etag
    assert to_wire(validators.last_modified or "") == b"gestern \xfcbrigens"


def test_the_first_of_several_counts_and_empty_ones_and_long_ones_do_not() -> None:
    assert validators_of([(b"etag", b'"a"'), (b"ETag", b'"b"')]) == Validators('"a"', None)
    assert validators_of([(b"ETag", b""), (b"Last-Modified", b"x" * 1025)]) == NO_VALIDATORS


def test_what_an_earlier_release_has_kept_is_sent_as_utf8() -> None:
    assert to_wire('"\u0444\u0435\u0440\u0440\u0438"') == '"\u0444\u0435\u0440\u0440\u0438"'.encode()

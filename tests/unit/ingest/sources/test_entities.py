"""Character references of HTML in XML."""

import pytest

from quotewire_ingest.sources.entities import repair_references


@pytest.mark.parametrize(
    ("written", "repaired"),
    [
        (b"Q&A with", b"Q&amp;A with"),
        (b"Fish & chips", b"Fish &amp; chips"),
        (b"?a=1&copy=2&lang=en", b"?a=1&amp;copy=2&amp;lang=en"),
        (b"R&D;", b"R&amp;D;"),
        (b"late&nbsp;&ndash; again", b"late&#160;&#8211; again"),
        (b"&amp; &lt; &quot; &#233; &#xe9;", b"&amp; &lt; &quot; &#233; &#xe9;"),
        (b"<![CDATA[a & b &nbsp;]]> & <!-- & -->", b"<![CDATA[a & b &nbsp;]]> &amp; <!-- & -->"),
        (b'<!DOCTYPE a [<!ENTITY pier "p">]><a>&pier; & </a>', b'<!DOCTYPE a [<!ENTITY pier "p">]><a>&pier; & </a>'),
        ("a & b".encode("utf-16"), "a & b".encode("utf-16")),
    ],
)
def test_only_what_xml_does_not_know_is_changed(written: bytes, repaired: bytes) -> None:
    assert repair_references(written) == repaired

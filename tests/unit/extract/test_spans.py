from hypothesis import given
from hypothesis import strategies as st

from quotewire_extract.quotation import CharSpan
from quotewire_extract.spans import SpanIndex

span = st.tuples(st.integers(0, 30), st.integers(1, 8)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(span, max_size=12), span)
def test_an_index_finds_the_spans_that_overlap(spans: list[CharSpan], wanted: CharSpan) -> None:
    start, end = wanted
    index = SpanIndex(spans)
    found = sorted((other for other in spans if other[0] < end and start < other[1]), reverse=True)
    assert list(index.overlapping(start, end)) == found
    assert index.overlaps(start, end) == bool(found)

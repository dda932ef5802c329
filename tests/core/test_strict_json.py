"""JSON that means one thing: everything a lenient reader would let through is refused, in words that quote nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core import strict_json

LIMITS = {"most_bytes": 1024, "most_levels": 4}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not JSON"),
        (b'{"a": 1', "not JSON"),
        (b'{"a": 1, "a": 2}', "not JSON"),
        (b'{"b": {"a": 1, "\\u0061": 2}}', "not JSON"),
        (b"[NaN]", "not JSON"),
        (b"[-Infinity]", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b'"\xed\xa0\x80"', "not JSON"),
        ('{"a": 1}'.encode("utf-16"), "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"1" * 5000, "larger"),
        (b'"' + b"a" * 1023 + b'"', "larger than 1 KB"),
        (b"[" * 1000, "not JSON"),
        (b"[[[[[1]]]]]", "nested too deeply"),
        (b'{"a": {"a": {"a": {"a": {"a": 1}}}}}', "nested too deeply"),
    ],
)
def test_what_is_not_plain_json_is_refused_without_quoting_it(raw, why):
    with pytest.raises(ValueError, match=why) as refused:
        strict_json.read(raw, **LIMITS)
    assert refused.value.__cause__ is None


def test_a_number_of_many_digits_costs_nothing():
    """Reading thousands of digits takes quadratic time: the interpreter's own limit is kept."""
    with pytest.raises(ValueError, match="not JSON"):
        strict_json.read(b"1" * 5000, most_bytes=10_000, most_levels=4)


@given(VALUES)
def test_every_plain_value_comes_back(value):
    raw = json.dumps(value).encode()
    if len(raw) <= 1024:
        assert strict_json.read(raw, most_bytes=1024, most_levels=64) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(raw):
    try:
        value = strict_json.read(raw, **LIMITS)
    except ValueError:
        return
    assert json.loads(raw) == value

"""The request signature against the vendor's vector and its rules."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.tiktok.signing import sign

PATH = "/authorization/202309/shops"
SECRET = "e59af819cc"
VECTOR = "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8"
PARAMS = {"app_key": "29a39d", "timestamp": "1623812664"}


def test_sign_gives_the_vendors_vector():
    assert sign(PATH, PARAMS, SECRET) == VECTOR


def test_sign_leaves_out_the_signature_itself_and_the_token():
    assert sign(PATH, {**PARAMS, "sign": "x", "access_token": "y"}, SECRET) == VECTOR


def test_sign_does_not_depend_on_the_order_of_parameters():
    assert sign(PATH, dict(reversed(PARAMS.items())), SECRET) == VECTOR


@pytest.mark.parametrize("content_type", ["multipart/form-data", "Multipart/Form-Data; boundary=abc"])
def test_sign_leaves_out_a_multipart_body_whatever_its_boundary(content_type):
    assert sign(PATH, PARAMS, SECRET, body=b"file", content_type=content_type) == VECTOR


def test_sign_covers_a_json_body_byte_by_byte():
    one = sign(PATH, PARAMS, SECRET, body=b'{"a":1}')
    other = sign(PATH, PARAMS, SECRET, body=b'{"a": 1}')
    assert len({one, other, VECTOR}) == 3


def test_sign_takes_a_list_as_one_text_joined_by_commas():
    """Two ids in one parameter are signed with their comma, decoded, as the vendor's samples do."""
    joined = sign(PATH, {**PARAMS, "ids": "1,2"}, SECRET)
    assert joined != sign(PATH, {**PARAMS, "ids": "12"}, SECRET)
    assert joined != sign(PATH, {**PARAMS, "ids": "1%2C2"}, SECRET)


@given(
    params=st.dictionaries(st.text(string.ascii_lowercase, min_size=1), st.text(max_size=20), max_size=4),
    body=st.binary(max_size=40),
    change=st.integers(0, 255),
)
def test_sign_is_lowercase_hex_and_changes_with_any_byte_of_the_body(params, body, change):
    first = sign(PATH, params, SECRET, body=body)
    assert len(first) == 64
    assert set(first) <= set("0123456789abcdef")
    assert sign(PATH, params, SECRET, body=body + bytes([change])) != first

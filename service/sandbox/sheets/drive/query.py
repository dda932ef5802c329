"""The `q` of files.list: comparisons joined by and, or, not and parentheses, as a test on File resources."""

import re
from collections.abc import Callable
from typing import Any

from service.sandbox.sheets.errors import ApiError

Json = dict[str, Any]
Test = Callable[[Json], bool]

_TOKEN = re.compile(r"\s*(?:('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(!=|<=|>=|=|<|>|\(|\))|([A-Za-z]+))")


def read_query(text: str) -> Test:
    """The test a query stands for; an empty query lets everything through."""
    if not text.strip():
        return lambda _: True
    reader = _Reader(_tokens(text))
    test = reader.either()
    if reader.at != len(reader.tokens):
        raise _invalid()
    return test


def _invalid() -> ApiError:
    return ApiError("Invalid Value", reason="invalid", location=("q", "parameter"))


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise _invalid()
        found.append(match[1] or match[2] or match[3])
        at = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def next(self) -> str:
        if self.at >= len(self.tokens):
            raise _invalid()
        self.at += 1
        return self.tokens[self.at - 1]

    def takes(self, word: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at].lower() == word:
            self.at += 1
            return True
        return False

    def either(self) -> Test:
        test = self.both()
        while self.takes("or"):
            test = _joined(any, test, self.both())
        return test

    def both(self) -> Test:
        test = self.one()
        while self.takes("and"):
            test = _joined(all, test, self.one())
        return test

    def one(self) -> Test:
        if self.takes("not"):
            inner = self.one()
            return lambda file: not inner(file)
        if self.takes("("):
            test = self.either()
            if not self.takes(")"):
                raise _invalid()
            return test
        first, operator, second = self.next(), self.next().lower(), self.next()
        if operator == "in":
            return _membership(_text(first), second)
        return _comparison(first, operator, _text(second))


def _joined(how: Callable[..., bool], one: Test, two: Test) -> Test:
    return lambda file: how((one(file), two(file)))


def _text(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token[:1] in {"'", '"'} else token


def _membership(value: str, name: str) -> Test:
    if name == "parents":
        return lambda file: value in file.get("parents", ())
    roles = {"owners": {"owner"}, "writers": {"owner", "writer"}, "readers": {"owner", "writer", "commenter", "reader"}}
    wanted = roles.get(name)
    if wanted is None:
        raise _invalid()

    def test(file: Json) -> bool:
        if value == "me":
            return bool(file.get("ownedByMe")) if name == "owners" else True
        held = [p for p in file.get("permissions", ()) if p["role"] in wanted]
        return any(p.get("emailAddress", "").lower() == value.lower() for p in held)

    return test


def _comparison(name: str, operator: str, value: str) -> Test:
    if name in {"trashed", "starred"}:
        return lambda file: (file[name] is (value == "true")) is (operator == "=")
    if name in {"modifiedTime", "createdTime"}:
        return _time_test(name, operator, value)
    if name == "sharedWithMe":
        return lambda file: not file.get("ownedByMe", False)
    if name not in {"name", "mimeType", "fullText"} or operator not in {"=", "!=", "contains"}:
        raise _invalid()
    field = "name" if name == "fullText" else name
    if operator == "contains":
        return lambda file: value.lower() in str(file[field]).lower()
    # Drive compares names without regard to case.
    return lambda file: (str(file[field]).lower() == value.lower()) is (operator == "=")


def _time_test(name: str, operator: str, value: str) -> Test:
    verdicts: dict[str, Callable[[str], bool]] = {
        "=": lambda held: held == value,
        "!=": lambda held: held != value,
        "<": lambda held: held < value,
        "<=": lambda held: held <= value,
        ">": lambda held: held > value,
        ">=": lambda held: held >= value,
    }
    verdict = verdicts.get(operator)
    if verdict is None:
        raise _invalid()
    return lambda file: verdict(str(file[name])[: len(value)])

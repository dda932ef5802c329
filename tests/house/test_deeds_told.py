"""Every deed that the code puts on record has a sentence in one table, and every sentence belongs to a deed."""

import ast
from importlib import import_module
from pathlib import Path

from service.web.deed_words import DEEDS, GROUP_WORDS, DeedGroup, words_in

ROOT = Path(__file__).parents[2]


def written():
    """Every word given as `deed=` to whatever records, by the file that says it."""
    found = {}
    for path in sorted((ROOT / "service").rglob("*.py")):
        if "sandbox" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            for value in _given(node):
                for word in _words(value, path):
                    found.setdefault(word, set()).add(path.name)
    return found


def _given(node):
    """What stands for a deed: the argument of this name, and what a variable of this name is set to."""
    if isinstance(node, ast.keyword) and node.arg == "deed":
        return [node.value]
    if isinstance(node, ast.Assign):
        return [value for target in node.targets for value in _set(target, node.value)]
    return []


def _set(target, value):
    """The value that a variable called `deed` gets, also as one of several or on a condition."""
    if isinstance(target, ast.Name):
        return [value] if target.id == "deed" else []
    if isinstance(value, ast.IfExp):
        return [*_set(target, value.body), *_set(target, value.orelse)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return [each for name, one in zip(target.elts, value.elts, strict=True) for each in _set(name, one)]
    return []


def _words(value, path):
    if isinstance(value, ast.IfExp):
        return [*_words(value.body, path), *_words(value.orelse, path)]
    if isinstance(value, ast.Constant):
        return [value.value]
    if isinstance(value, ast.Name) and value.id.isupper():
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        return [getattr(module, value.id)]
    return []


def test_every_deed_has_a_sentence():
    assert set(written()) - set(DEEDS) == set()


def test_no_sentence_is_without_a_deed():
    assert set(DEEDS) - set(written()) == set()


def test_every_group_has_a_name_and_a_deed():
    assert set(GROUP_WORDS) == set(DeedGroup)
    assert all(words_in(group) for group in DeedGroup)

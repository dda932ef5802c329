"""Every sentence for people is in the catalogue: those of the cards, and those that Problems carry."""

import ast
import os
import string
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
POT = ROOT / "cards" / "locale" / "rowstream.pot"
PROBLEMS = ("Problem", "NotAllowed", "NotFound", "NotConnected", "NotGranted", "BadInput", "Conflict", "TooMuch")
PROBLEM_CALLS = (*PROBLEMS, "UpstreamFailed")
#: Name of a call → which of its arguments are sentences, counted from 1.
KEYWORDS: dict[str, tuple[int, ...]] = {
    "words": (1,),
    "mark": (1,),
    "plural": (1, 2),
    **dict.fromkeys(PROBLEM_CALLS, (1,)),
}


def sources() -> list[Path]:
    """The product's code; the local world speaks English only, and migrations speak to nobody."""
    found = [path for room in ("cards", "service") for path in sorted((ROOT / room).rglob("*.py"))]
    return [path for path in found if not {"sandbox", "migrations"} & set(path.relative_to(ROOT).parts)]


def collected() -> Catalog:
    """The catalogue as the code stands, each sentence with the files that say it."""
    catalog = Catalog(project="Rowstream", charset="utf-8", header_comment="# Sentences of Rowstream.")
    for path in sources():
        where = path.relative_to(ROOT).as_posix()
        for _line, message, _comments, _context in extract_from_file("python", path, KEYWORDS):
            catalog.add(message, locations=[(where, 1)])
    return catalog


def sentences(catalog: Catalog) -> set[str | tuple[str, ...]]:
    return {message.id for message in catalog if message.id}


def test_hold_every_sentence_in_catalogue():
    """The template is what the code says, no more and no less; UPDATE_GOLDENS=1 writes it anew."""
    catalog = collected()
    if os.environ.get("UPDATE_GOLDENS") == "1":
        written = BytesIO()
        write_po(written, catalog, sort_output=True, include_lineno=False, omit_header=True, width=110)
        POT.write_bytes(written.getvalue())
    with POT.open("rb") as shipped:
        assert sentences(read_po(shipped)) == sentences(catalog)


def _sentence_arguments(path: Path) -> list[tuple[str, ast.expr]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        found += [(f"{path.name}:{node.lineno}", each) for each in _arguments(node, name)]
    return found


def _arguments(node: ast.Call, name: str) -> list[ast.expr]:
    return [node.args[at - 1] for at in KEYWORDS.get(name, ()) if at <= len(node.args)]


def test_say_only_literals():
    """A sentence put together at run time cannot be translated. A name is allowed: it stands for a marked sentence."""
    put_together = [
        where
        for path in sources()
        for where, argument in _sentence_arguments(path)
        if isinstance(argument, (ast.JoinedStr, ast.BinOp))
    ]
    assert not put_together


def _places(sentence: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}


def test_name_places_in_sentences():
    """A place has a name, so that a translator can move it; both forms of a plural have the same places."""
    for message in sentences(collected()):
        forms = message if isinstance(message, tuple) else (message,)
        assert all(place.isidentifier() for form in forms for place in _places(form)), message
        assert len({frozenset(_places(form)) for form in forms}) == 1, message

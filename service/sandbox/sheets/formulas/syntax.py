r"""Formula text to a tree. A formula that does not parse becomes a tree that evaluates to #ERROR!.

Both `,` and `;` separate arguments; in an array literal `;` starts a new row and `,` or `\\` a new column.
"""

import re
from typing import NamedTuple

from service.sandbox.sheets.formula_errors import PARSE, REF, FormulaError
from service.sandbox.sheets.formulas.formula import Broken, Formula, Part, Unread
from service.sandbox.sheets.formulas.references import Reference


class Constant(NamedTuple):
    value: str | float | bool | FormulaError | None


class Look(NamedTuple):
    """A reference."""

    reference: Reference


class Call(NamedTuple):
    name: str
    arguments: tuple["Node", ...]


class Operation(NamedTuple):
    """A binary operation, or a prefix one when `left` is None."""

    sign: str
    left: "Node | None"
    right: "Node"


class Literal(NamedTuple):
    """An array in braces."""

    rows: tuple[tuple["Node", ...], ...]


Node = Constant | Look | Call | Operation | Literal

_LEXEME = re.compile(
    r'\s+|(?P<text>"(?:[^"]|"")*")|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<error>#REF!|#N/A)'
    r"|(?P<sheet>'(?:[^']|'')+'!)|(?P<word>[^\W\d][\w.]*)|(?P<sign><>|<=|>=|[-+*/^&%<>=(){},;\\:!])|(?P<bad>.)",
    re.DOTALL,
)
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"=", "<>", "<", ">", "<=", ">="}),
    frozenset({"&"}),
    frozenset({"+", "-"}),
    frozenset({"*", "/"}),
    frozenset({"^"}),
)
"""Binary operators, loosest first."""


class _SyntaxProblemError(Exception):
    """The text is no formula."""


Lexeme = tuple[str, str | Reference | float]


def _lexemes(parts: tuple[Part, ...]) -> list[Lexeme]:
    found: list[Lexeme] = []
    for part in parts:
        if isinstance(part, Reference):
            found.append(("look", part))
        elif isinstance(part, Broken):
            found.append(("error", "#REF!"))
        elif isinstance(part, Unread):
            raise _SyntaxProblemError(part.text)
        else:
            found.extend(_lex_text(part))
    return found


def _lex_text(text: str) -> list[Lexeme]:
    found: list[Lexeme] = []
    for match in _LEXEME.finditer(text):
        kind = match.lastgroup
        if kind is None:
            continue
        if kind == "text":
            found.append(("text", match[0][1:-1].replace('""', '"')))
        elif kind == "number":
            found.append(("number", float(match[0])))
        elif kind == "bad":
            raise _SyntaxProblemError(match[0])
        else:
            found.append((kind, match[0]))
    return found


class _Reader:
    def __init__(self, lexemes: list[Lexeme]) -> None:
        self.lexemes = lexemes
        self.at = 0

    def peek(self) -> Lexeme:
        return self.lexemes[self.at] if self.at < len(self.lexemes) else ("end", "")

    def take(self, *signs: str) -> str | None:
        """The next sign if it is one of these."""
        kind, value = self.peek()
        if kind == "sign" and value in signs:
            self.at += 1
            return str(value)
        return None

    def need(self, sign: str) -> None:
        if self.take(sign) is None:
            raise _SyntaxProblemError(sign)

    def whole(self) -> Node:
        node = self.level(0)
        if self.peek()[0] != "end":
            raise _SyntaxProblemError(str(self.peek()[1]))
        return node

    def level(self, depth: int) -> Node:
        if depth == len(_LEVELS):
            return self.prefix()
        node = self.level(depth + 1)
        while (sign := self.take(*_LEVELS[depth])) is not None:
            node = Operation(sign, node, self.level(depth + 1))
        return node

    def prefix(self) -> Node:
        sign = self.take("-", "+")
        if sign is not None:
            return Operation(sign, None, self.prefix())
        node = self.primary()
        while self.take("%") is not None:
            node = Operation("/", node, Constant(100.0))
        return node

    def primary(self) -> Node:
        kind, value = self.peek()
        self.at += 1
        if isinstance(value, Reference):
            return Look(value)
        if kind in {"text", "number"}:
            return Constant(value)
        if kind == "error":
            return Constant(REF)
        if kind == "sheet":
            return self.lost_sheet()
        if kind == "word":
            return self.word(str(value))
        if value == "(" and kind == "sign":
            node = self.level(0)
            self.need(")")
            return node
        if value == "{" and kind == "sign":
            return self.literal()
        raise _SyntaxProblemError(str(value))

    def lost_sheet(self) -> Node:
        """A quoted sheet name that no tab has: whatever is referred to there is gone."""
        while self.peek()[0] in {"word", "number", "look"} or self.peek()[1] == ":":
            self.at += 1
        return Constant(REF)

    def word(self, name: str) -> Node:
        if self.take("!") is not None:
            return self.lost_sheet()
        if self.take("(") is None:
            upper = name.upper()
            return Constant(upper == "TRUE") if upper in {"TRUE", "FALSE"} else Call(name, ())
        arguments: list[Node] = []
        if self.take(")") is not None:
            return Call(name.upper(), ())
        while True:
            empty = self.peek()[0] == "sign" and self.peek()[1] in {",", ";", ")"}
            arguments.append(Constant(None) if empty else self.level(0))
            if self.take(",", ";") is None:
                break
        self.need(")")
        return Call(name.upper(), tuple(arguments))

    def literal(self) -> Node:
        rows: list[tuple[Node, ...]] = []
        row = [self.level(0)]
        while self.take("}") is None:
            if self.take(";") is not None:
                rows.append(tuple(row))
                row = [self.level(0)]
            elif self.take(",", "\\") is not None:
                row.append(self.level(0))
            else:
                raise _SyntaxProblemError(str(self.peek()[1]))
        return Literal((*rows, tuple(row)))


def tree_of(formula: Formula) -> Node:
    """The formula's tree, read once and kept with it."""
    if formula.tree is None:
        try:
            formula.tree = _Reader(_lexemes(formula.parts)).whole()
        except _SyntaxProblemError:
            formula.tree = Constant(PARSE)
    return formula.tree  # type: ignore[return-value]  # the slot is untyped to keep formula.py free of this module

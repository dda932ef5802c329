"""No float on a money path: not in a type, not in a literal, not through a module that computes in floats."""

import ast
import tomllib
from decimal import Decimal, FloatOperation, localcontext
from pathlib import Path

import pytest
from core.made_entries import d, make_entry
from core.made_orders import make_order, real_policies

from service.core.ledger.costs import Cost, OrderCost, book_of
from service.core.ledger.facts import Facts, TaxMode, TaxTerms, Terms
from service.core.ledger.line_profit import profit_by_sku
from service.core.ledger.profit import profit_of
from service.core.ledger.rates import OwnTerms

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "service"
#: Modules of the simulated market that throw dice: their floats are chances, the amounts come from their neighbours.
DICE = {"finance_days", "finance_quarter", "finance_traits"}
#: Everything that holds, computes or carries an amount of money.
PATHS = sorted(
    {
        *(SERVICE / "core" / "ledger").glob("*.py"),
        *SERVICE.glob("*/finance*.py"),
        *SERVICE.glob("*/ledger*.py"),
        *(SERVICE / "core" / "columns").glob("*.py"),
        *(
            path
            for word in ("auditor", "books", "cost", "desk", "estimates", "fee_", "profit", "shop_terms", "summar")
            for path in (*SERVICE.glob(f"*/{word}*.py"), *SERVICE.glob(f"web/handlers/{word}*.py"))
        ),
        *SERVICE.glob("*/transactions.py"),
        *(path for path in (SERVICE / "sandbox" / "tiktok").glob("finance*.py") if path.stem not in DICE),
        SERVICE / "core" / "allocation.py",
        SERVICE / "core" / "currencies.py",
        SERVICE / "core" / "orders.py",
        SERVICE / "core" / "policies" / "fees.py",
        SERVICE / "core" / "policies" / "taxes.py",
        SERVICE / "flows" / "books.py",
        *(SERVICE / "core" / "columns").glob("*.py"),
    }
)
FLOATING_MODULES = {"math", "cmath", "statistics", "numpy", "pandas", "array", "struct"}


def is_time(name: str) -> bool:
    """Whether a name says that it counts seconds: time may be a float, money may not."""
    return name == "deadline" or name.lower().endswith(("_s", "_ms"))


def floats_in(tree: ast.AST) -> list[int]:
    """The lines that name the type, write such a number, or import what computes in it."""
    times = {
        id(inside)
        for node in ast.walk(tree)
        if (isinstance(node, ast.arg) and is_time(node.arg))
        or (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and is_time(node.target.id))
        or (isinstance(node, ast.Assign) and all(isinstance(to, ast.Name) and is_time(to.id) for to in node.targets))
        for inside in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        is_type = isinstance(node, ast.Name) and node.id in {"float", "complex"}
        is_number = isinstance(node, ast.Constant) and isinstance(node.value, (float, complex))
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if id(node) not in times and (is_type or is_number or FLOATING_MODULES & set(modules)):
            found.append(node.lineno)
    return found


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.relative_to(SERVICE).as_posix())
def test_no_money_path_knows_a_float(path):
    assert floats_in(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "slip",
    [
        "cost: float = None",
        "def net(cost: float): ...",
        "fee = 0.1",
        "fee = float('1')",
        "import math",
        "from math import fsum",
    ],
)
def test_the_watch_sees_a_float_in_every_disguise(slip):
    assert floats_in(ast.parse(slip)) == [1]
    assert floats_in(ast.parse("def call(deadline: float | None, wait_s: float = 1): ...")) == []


def test_no_amount_in_the_dated_rules_is_a_bare_number():
    """TOML reads 0.1 as a float; amounts and percentages stand in quotes."""
    rules = tomllib.loads((SERVICE / "core" / "policies" / "fees.toml").read_text(encoding="utf-8"))["fee"]
    assert {type(rule.get(name, "")) for rule in rules for name in ("percent", "flat", "cap")} == {str}


def test_profit_is_made_without_mixing_in_a_float():
    """Under a context that refuses any float beside a Decimal, an order with everything in it comes out."""
    order = make_order(order_id="O1")
    fees = make_entry(
        settlement="15.11", revenue="20", fee_tax="-4.89", shipping="0", sku_id=order.lines[0].sku_id,
        amounts={"fee.platform_commission_amount": "-1.80", "fee.moon_fee": "-0.09", "tax.vat_amount": "-3"},
    )  # fmt: skip
    sku = order.lines[0].sku_id
    with localcontext() as context:
        context.traps[FloatOperation] = True
        with pytest.raises(FloatOperation):
            assert Decimal(1) < 1.5
        terms = Terms(
            book_of([Cost(sku, "GBP", d("1.10"))]),
            TaxTerms(TaxMode.VAT_SELLER_REMITS, d(20)),
            real_policies().fee_rules(market="GB", shipping="SELLER", day=order.created_at.date()),
            OwnTerms(affiliate_percent=d("12.5")),
        )
        facts = Facts(
            order, order.created_at.date(), (fees,), sending=OrderCost(d("3.33"), "GBP"), outside_ads=d("0.07")
        )
        profit = profit_of(facts, terms)
        lines = profit_by_sku(profit, facts, terms)
    outcomes = [profit.settled, profit.estimated, *(line.shown for line in lines.values())]
    assert {type(one.net) for one in outcomes} | {type(one.margin) for one in outcomes} == {Decimal}

"""The finance desk as a member of a team opens it, over a November of a few orders."""

from web.stated import Ledger, midnight, sale

NOVEMBER = {"span": "own", "first": "2026-11-01", "last": "2026-11-23"}


def november(team):
    """Three sales, of which two are settled and tie out to one payout; a sample, and one that was never paid."""
    made = Ledger(team).looked()
    made.orders(
        sale(1), sale(2), sale(3, day=22), sale(4, is_sample=True), sale(5, status="CANCELLED"), sale(6, day=2),
    )  # fmt: skip
    made.state("S1", [made.line(1), made.line(2)], payment_id="P1", paid_at=midnight(22))
    return made.pay("P1", "40.00")


def desk(team, role="accountant", **asked):
    return team.sidebar(role).post("desk", **(NOVEMBER | asked))


def tie_out(team, role="accountant", currency="GBP", **asked):
    return team.sidebar(role).post("tie-out", **(NOVEMBER | {"shop": team.shops()[0].id, "currency": currency} | asked))


def statement(team, name, role="accountant"):
    return team.sidebar(role).post("statement", shop=team.shops()[0].id, statement_id=name)

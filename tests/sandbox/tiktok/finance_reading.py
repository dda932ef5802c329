"""Reads the simulator's finance answers as a careful client would: page by page, exact decimals."""

from decimal import Decimal

DAY_S = 86_400
TOTALS = ("revenue_amount", "shipping_cost_amount", "fee_tax_amount")


class Desk:
    """The six calls of one shop, every page of them."""

    def __init__(self, caller):
        self.caller = caller

    def pages(self, path, key, **query):
        token, found = "", []
        while True:
            sent = {"page_size": 100} | query | ({"page_token": token} if token else {})
            page = self.caller.data("GET", path, query=sent)
            found += page[key]
            token = page["next_page_token"]
            if not token:
                return found

    def statements(self, **query):
        return self.pages("/finance/202309/statements", "statements", sort_field="statement_time", **query)

    def head(self, statement_id):
        return self.caller.data("GET", self.lines_path(statement_id), query={"sort_field": "order_create_time"})

    def lines(self, statement_id):
        return self.pages(self.lines_path(statement_id), "transactions", sort_field="order_create_time")

    def lines_path(self, statement_id):
        return f"/finance/202501/statements/{statement_id}/statement_transactions"

    def order(self, order_id):
        return self.caller.data("GET", f"/finance/202501/orders/{order_id}/statement_transactions")

    def unsettled(self, **query):
        path = "/finance/202507/orders/unsettled"
        return self.pages(path, "transactions", sort_field="order_create_time", **query)

    def payments(self):
        return self.pages("/finance/202309/payments", "payments", sort_field="create_time")

    def withdrawals(self, types="WITHDRAW,SETTLE,REVERSE"):
        return self.pages("/finance/202309/withdrawals", "withdrawals", types=types)

    def every_line(self):
        """Every line of every statement, each with the statement it is in."""
        return [(line, one) for one in self.statements() for line in self.lines(one["id"])]

    def lines_of(self, order_id):
        """The order's lines in all statements, oldest statement first, reserves and adjustments too."""
        names = ("order_id", "adjustment_order_id", "associated_order_id")
        return [line for line, _ in self.every_line() if order_id in [line.get(name) for name in names]]


def dec(text):
    return Decimal(text or "0")


def members(line, group, *inner):
    """The direct members of one breakdown; details inside it are left out."""
    place = line.get(group, {})
    for name in inner:
        place = place.get(name, {})
    return {name: dec(value) for name, value in place.items() if isinstance(value, str)}


def fee_members(line):
    """Fees and taxes that add up: a commission before tax counts only where no other is shown."""
    fees, taxes = members(line, "fee_tax_breakdown", "fee"), members(line, "fee_tax_breakdown", "tax")
    for before_tax in ("affiliate_commission_amount_before_pit", "affiliate_commission_before_pit_amount"):
        if fees.get("affiliate_commission_amount"):
            fees.pop(before_tax, None)
    return {**fees, **taxes}


def total_of(values):
    return sum(values, Decimal(0))


def is_reserve(line):
    return line["type"] == "RESERVE"

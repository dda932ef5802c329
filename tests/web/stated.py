"""Finance as upstream stated it, put straight into the database: statements, their lines, payouts, and orders."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from core.made_orders import make_line, make_order, make_payment
from msgspec import structs
from team import plant

from service.core.ledger.entries import Amount, Entry, Payment, Statement, Withdrawal
from service.store import finance
from service.tiktok.finance import Found

SKU = make_line(1, "A").sku_id
#: Local days in London and UTC days are the same in November.
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def d(text):
    return Decimal(text)


def midnight(day):
    """The cut whose statement holds this day of November 2026."""
    return datetime(2026, 11, day, tzinfo=UTC) + timedelta(days=1)


def sale(number, *, day=20, total="24.00", **changes):
    """An order of one unit, created on this day of November 2026."""
    paid = make_payment(items_gross=total, items_net=total, total=total)
    known = {
        "order_id": f"57640000000000{number:04d}",
        "created_at": NOON.replace(day=day),
        "status": "COMPLETED",
        "lines": (make_line(1, "A", price=total, status="COMPLETED"),),
        "payment": paid,
    }
    return make_order(**(known | changes))


class Ledger:
    """What upstream stated of one shop of the team."""

    def __init__(self, team, shop=None):
        self.team, self.services = team, team.product.services
        self.shop = shop or team.shops()[0]

    def orders(self, *orders):
        for order in orders:
            plant(
                self.team.product,
                self.team.account_id,
                structs.replace(order, shop_id=self.shop.id, region=self.shop.region),
            )
        return self

    def line(self, number, *, statement="S1", order=None, **changes):
        """A line of 24.00 sold, 4.00 kept: 20.00 settled; of an order or of none."""
        known = {
            "entry_id": f"E{number}",
            "kind": "ORDER",
            "currency": "GBP",
            "statement_id": statement,
            "settlement": d("20.00"),
            "revenue": d("24.00"),
            "fee_tax": d("-4.00"),
            "amounts": {
                "revenue.subtotal_before_discount_amount": d("24.00"),
                "fee.referral_fee_amount": d("-3.00"),
                "fee.affiliate_commission_amount": d("-1.00"),
            },
            "order_id": f"57640000000000{number:04d}" if order is None else order,
            "settled_at": midnight(21),
        }
        return Entry(**(known | changes))

    def state(self, name, lines, *, day=21, stated=None, total=None, is_read=True, flags=(), **changes):
        """A statement of this day with its lines; what it states is what they come to unless told otherwise."""
        found = sum((one.settlement for one in lines), d(0)) if stated is None else d(stated)
        reserve = sum((one.reserve for one in lines if one.reserve is not None), d(0))
        currency = lines[0].currency if lines else "GBP"
        known = {"at": midnight(day), "settlement": found, "reserve": reserve, "payable": found + reserve}
        statement = Statement(statement_id=name, currency=currency, **(known | changes))
        now = self.services.clock.now()
        with self.services.store.write() as tx:
            finance.put_statements(tx, self.shop, [Found(statement, {})], now)
            finance.put_entries(tx, self.shop, [Found(one, {}, flags) for one in lines], now)
            if is_read:
                finance.finish_reading(tx, self.shop.id, statement, begun_at=now, total=total or len(lines), now=now)
        return self

    def pay(self, name, amount, *, status="PAID", day=22, currency="GBP", **changes):
        """A payout on this day."""
        paid_at = midnight(day) if status == "PAID" else None
        known = {"amount": Amount(d(amount), currency), "created_at": midnight(day), "paid_at": paid_at}
        with self.services.store.write() as tx:
            payment = Payment(name, status, **(known | changes))
            finance.put_payments(tx, self.shop, [Found(payment, {})], self.services.clock.now())
        return self

    def withdraw(self, name, amount, currency):
        moved = Withdrawal(name, "WITHDRAW", "SUCCESS", Amount(d(amount), currency), NOON)
        with self.services.store.write() as tx:
            finance.put_withdrawals(tx, self.shop, [Found(moved, {})], self.services.clock.now())
        return self

    def looked(self, **changes):
        """Finance was looked at an hour ago, and is not due."""
        now = self.services.clock.now()
        with self.services.store.write() as tx:
            finance.open_cursors(tx, now)
            row = finance.cursor(tx, self.shop.id)
            known = {"statements_at": now - timedelta(hours=1), "next_at": now + timedelta(minutes=20)}
            finance.move_cursor(tx, replace(row, **(known | changes)))
        return self

    def cursor(self):
        with self.services.store.read() as tx:
            return finance.cursor(tx, self.shop.id)

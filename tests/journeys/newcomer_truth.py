"""What is true in the newcomer's story, as TikTok itself would tell, and what the window shows of it."""

import re

from outsider import wait_for
from stage import Stage

ORDER_ID = re.compile(r"\b\d{18}\b")
TAB = "SLA Watch List"
ROWS_COME_S = 20.0
MANY = 500


def rows(stage: Stage) -> list[dict[str, str]]:
    """The rows of the watch list as the window shows them."""
    return stage.person("owner").seen(TAB)


def to_ship(stage: Stage) -> list[str]:
    """Ids of the orders that the seller is to ship, as TikTok itself would tell: each belongs into the watch list."""
    return [
        order["id"]
        for order in orders(stage)
        if order["fulfillment_type"] == "FULFILLMENT_BY_SELLER" and order["status"] == "AWAITING_SHIPMENT"
    ]


def orders(stage: Stage) -> list[dict]:
    answer = stage.world.http.get(f"{stage.world.at['tiktok_control']}orders", params={"limit": MANY})
    return answer.raise_for_status().json()["orders"]


def buyers(stage: Stage) -> set[str]:
    """Names and addresses of all buyers."""
    return {order["recipient_address"][part] for order in orders(stage) for part in ("name", "full_address")} - {""}


def assert_rows_are_true(stage: Stage) -> None:
    """Every order to ship has its row, every row says what TikTok says, and none is there twice."""
    wait_for(lambda: not lies(stage), within_s=ROWS_COME_S)
    assert not lies(stage)
    keys = [row["Key"] for row in rows(stage)]
    assert len(keys) == len(set(keys))


def lies(stage: Stage) -> dict[str, str]:
    """Order id → what its rows say, where TikTok says something else."""
    shown = {row["Order ID"]: row["Status"] for row in rows(stage)}
    truth = {order["id"]: order["status"] for order in orders(stage)}
    missing = dict.fromkeys(set(to_ship(stage)) - set(shown), "no row")
    return missing | {order_id: said for order_id, said in shown.items() if said != truth.get(order_id)}

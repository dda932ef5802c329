"""A shop's consent ends, in each way it can, and what everybody is told of it: cards, files, pages, log.

TikTok refuses our token and quotes it; the seller connects again; withdraws, of which a notice tells; and in the end
the owner takes the shop away.
"""

import httpx
from drivers import connect_shop
from house.canary_presses import utter
from house.canary_sheets import collect_files, let_orders_change
from house.canary_stage import OFF, OFF_AGAIN, Stage, secrets_of
from local_world import WORLD_URL
from team import ROLES
from wiretap import Sent

from cards.actions import Action
from service.flows import upkeep

LOOKS_AT_TROUBLE = ("home", "sheet", "shops")


def end_the_consent(stage: Stage) -> None:
    """All of it, in order, and everybody looks each time."""
    refuse_the_token(stage)
    everybody_looks(stage, *LOOKS_AT_TROUBLE, "connect-shop", "orders", "order", "history", "where-is", "refresh-now")
    connect_again(stage)
    withdraw(stage)
    everybody_looks(stage, *LOOKS_AT_TROUBLE)
    take_away(stage)
    everybody_looks(stage, *LOOKS_AT_TROUBLE, "orders", "where-is")
    collect_files(stage, OFF_AGAIN)


def refuse_the_token(stage: Stage) -> None:
    """The token has run out and is not renewed: TikTok says so with everything it was asked, and for whom."""
    wanted = {"expire_access_tokens": True}
    assert stage.product.world.http.post(f"{WORLD_URL}/tiktok/control/faults", json=wanted).is_success
    stage.tap.instead[:] = [refuse_renewal]
    let_orders_change(stage)
    assert not stage.tap.instead, "nobody asked for a new token"
    assert shop_state(stage) == "expired"
    let_time_pass(stage)


def refuse_renewal(asked: Sent) -> httpx.Response | None:
    """A refusal that quotes the address, where the secrets are, and a buyer."""
    if "/token/refresh" not in asked.url:
        return None
    told = {"code": 36004005, "message": f"refused for Nyra Zqname1: {asked.url}", "request_id": "r"}
    return httpx.Response(200, json=told)


def connect_again(stage: Stage) -> None:
    """Through every page of ours; the new tokens are secrets as the old ones were."""
    page = connect_shop(stage.product, stage.team.sidebar("owner").post("shops"))
    stage.told.cards["owner", OFF].append(("the last page", f"{page.headers}\n{page.text}"))
    assert shop_state(stage) == "live"
    stage.told.canaries += secrets_of(stage)
    let_time_pass(stage)


def withdraw(stage: Stage) -> None:
    """The seller takes the consent back in TikTok, which sends a notice."""
    market = stage.product.world.market
    market.deauthorize(market.world.default_shop().id)
    stage.product.settle()
    assert shop_state(stage) == "expired"
    let_time_pass(stage)


def take_away(stage: Stage) -> None:
    """The owner disconnects the shop."""
    utter(stage, "owner", OFF, Action.CONFIRM_DISCONNECT_SHOP, {"shop_id": stage.team.shops()[0].id}, {})
    assert shop_state(stage) == "disconnected"
    let_time_pass(stage)


def let_time_pass(stage: Stage) -> None:
    """Long enough for the tabs to be told that nothing new arrives."""
    for _ in range(3):
        stage.product.clock.advance(60)
        upkeep.wake_due(stage.product.services)
        stage.product.settle(patience_s=60)


def everybody_looks(stage: Stage, *actions: str) -> None:
    """Each of these cards, for each role and the stranger."""
    with_ids = {
        "sheet": {"binding_id": stage.team.bindings()[0].id},
        "connect-shop": {"shop_id": stage.team.shops()[0].id},
        "refresh-now": {"binding_id": stage.team.bindings()[0].id},
        "order": {"order_key": stage.order_ids[0]},
        "where-is": {"order_key": stage.order_ids[0]},
    }
    for role in (*ROLES, "stranger"):
        for action in actions:
            utter(stage, role, OFF, action, with_ids.get(action, {}), {})


def shop_state(stage: Stage) -> str:
    return stage.team.shops()[0].state

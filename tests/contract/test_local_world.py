"""The promise of the local world, from outside: everything by HTTP from `GET /sandbox`, nothing imported."""

import re
from functools import partial

import httpx
import pytest
from outsider import Person, World, find_actions, find_links, texts, wait_for

SOON_S = 10.0  # five on a machine that does nothing else
SETTLED_S = 20.0


@pytest.fixture(scope="module")
def world():
    world = World()
    yield world
    world.close()


@pytest.fixture(scope="module")
def owner(world):
    """The owner, with the shop connected and the role switches of the story on."""
    owner = world.person("owner")
    owner.open(owner.create_spreadsheet("A place to start"))
    connect(owner)
    for switch in ("client:ID_MASKED", "warehouse:PII"):
        turn_on(owner, switch)
    return owner


def connect(owner: Person) -> None:
    owner.press("connect-shop")
    window = owner.world.browser().go(find_links(owner.card)[0]).submit(email=owner.email).follow("/open/authorize")
    assert "You can close this window" in window.submit(decision="allow").page.text


def turn_on(owner: Person, switch: str) -> None:
    owner.open(owner.spreadsheet_id)
    owner.press("people")
    owner.press("role-switches")
    owner.press("set-switch", {switch: "on"}, switch=switch)


def bind(owner: Person, preset: str, *, tab: str, audience: str) -> str:
    """A new spreadsheet shows the preset in a tab of this name. Returns its id."""
    spreadsheet_id = owner.create_spreadsheet(tab)
    owner.open(spreadsheet_id)
    owner.press("choose-profile")
    owner.press("preview-profile", profile_id=f"preset:{preset}")
    owner.press("bind-form")
    owner.press("bind", {"tab": "new", "tab_name": tab, "audience": audience})
    assert wait_for(lambda: owner.seen(tab), within_s=SETTLED_S), texts(owner.card)
    return spreadsheet_id


def wait_until_still(owner: Person, tab: str) -> list[dict[str, str]]:
    """The rows once the history import has come to rest: the same number for a second and a half."""
    rows = owner.seen(tab)
    while more := wait_for(partial(has_grown, owner, tab, len(rows)), within_s=1.5):
        rows = more
    return rows


def has_grown(owner: Person, tab: str, count: int) -> list[dict[str, str]] | None:
    rows = owner.seen(tab)
    return rows if len(rows) != count else None


CASES = [
    ("sla_watch_list", "Watch list", "warehouse", "Order ID"),
    ("pick_and_ship", "Pick and ship", "warehouse", "Order ID"),
    ("agency_client", "Client", "client", "Order (masked)"),
]


@pytest.mark.parametrize(("preset", "tab", "audience", "id_header"), CASES)
def test_orders_reach_the_sheet_and_change_in_place(world, owner, preset, tab, audience, id_header):
    """25 orders are in the sheet within seconds, ids exact; as time moves the same rows change, none twice."""
    bind(owner, preset, tab=tab, audience=audience)
    before = {row["Key"] for row in wait_until_still(owner, tab)}
    placed = world.play("orders", count=25)
    ids = {str(one) for one in placed["order_ids"]}

    def arrived():
        rows = [row for row in owner.seen(tab) if row["Key"] not in before]
        shown = {row["Key"].split("-")[0] for row in rows} if audience != "client" else {row["Key"] for row in rows}
        return rows if len(shown) >= len(ids) else None

    rows = wait_for(arrived, within_s=SOON_S)
    assert rows, f"{len(owner.seen(tab)) - len(before)} rows after {SOON_S} s"
    rows = [row for row in owner.values(tab) if row["Key"] not in before]
    if audience == "client":
        assert all(re.fullmatch(r"k[a-z2-7]{24}", row["Key"]) for row in rows)
        assert {row[id_header][-6:] for row in rows} == {order_id[-6:] for order_id in ids}
        assert not ids & {str(value) for row in rows for value in row.values()}
    else:
        assert {row[id_header] for row in rows} == ids
        assert all(isinstance(row[id_header], str) and len(row[id_header]) == 18 for row in rows)

    statuses = {row["Key"]: row["Status"] for row in rows}
    world.play("advance", seconds=36 * 3600)

    def moved():
        now = {row["Key"]: row["Status"] for row in owner.seen(tab) if row["Key"] in statuses}
        return sum(1 for key, status in now.items() if status != statuses[key]) >= len(statuses) / 2

    assert wait_for(moved, within_s=SETTLED_S)
    keys = [row["Key"] for row in owner.seen(tab)]
    assert set(statuses) <= set(keys)
    assert len(keys) == len(set(keys))


def test_each_role_sees_its_part_and_the_stranger_nothing(world, owner):
    """The sidebar in a bound file: a warehouse's card has no price, a stranger's names nobody."""
    spreadsheet_id = bind(owner, "sales_by_order", tab="Money", audience="accountant")
    rows = owner.values("Money")
    assert {"Order total", "Currency"} <= set(rows[0])
    assert not {"Recipient", "Address", "Phone"} & set(rows[0])
    for role in ("warehouse", None):
        person = world.person(role)
        person.open(spreadsheet_id)
        said = " ".join(texts(person.card))
        assert "Bloom" not in said or role == "warehouse"
        assert not re.search(r"[£$€]\s?\d", said)
    stranger = world.person(None)
    stranger.open(spreadsheet_id)
    assert "maya" not in str(stranger.card).lower()
    assert not [one for one in find_actions(stranger.card) if one["function"].endswith("/orders")]


def test_a_forged_call_is_refused_and_changes_nothing(world):
    """A token that says alg=none, an expired one and one for another address get a bare 401."""
    url = f"{world.at['addon']}home"
    for variant in ("alg_none", "expired", "wrong_issuer", "other_key"):
        body = {"email": "maya@bloomthread.example", "audience": url, "variant": variant}
        tokens = world.http.post(f"{world.at['identity']}tokens", json=body).json()
        event = {"authorizationEventObject": {"userIdToken": tokens["user_id_token"]}}
        answer = world.http.post(url, json=event, headers={"Authorization": f"Bearer {tokens['system_id_token']}"})
        assert (answer.status_code, answer.content) == (401, b""), variant


def test_a_write_may_be_lost_on_the_way_and_land_when_told(world):
    """Any client of Google's REST, a fault at the control door, and a user's hands meanwhile."""
    headers = {"Authorization": "Bearer somebody"}
    made = world.http.post(f"{world.at['sheets']}v4/spreadsheets", json={}, headers=headers).raise_for_status().json()
    cells = f"{world.at['sheets']}v4/spreadsheets/{made['spreadsheetId']}/values/Sheet1!A1"
    fault = {"method": "spreadsheets.values.update", "spreadsheet_id": made["spreadsheetId"], "seconds": 100}
    world.http.post(f"{world.at['sheets_control']}faults", json={"late": fault}).raise_for_status()
    query = {"valueInputOption": "RAW"}
    with pytest.raises(httpx.TransportError):
        world.http.put(cells, params=query, json={"values": [["late"]]}, headers=headers)
    typed = {"spreadsheet_id": made["spreadsheetId"], "cell": "A1", "text": "meanwhile"}
    world.http.post(f"{world.at['sheets_control']}hands/type", json=typed).raise_for_status()
    assert world.http.get(cells, headers=headers).json()["values"] == [["meanwhile"]]
    landed = world.http.post(f"{world.at['sheets_control']}faults/land").raise_for_status().json()["landed"]
    assert landed == [{"method": "spreadsheets.values.update", "status": 200}]
    assert world.http.get(cells, headers=headers).json()["values"] == [["late"]]

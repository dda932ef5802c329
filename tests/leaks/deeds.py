"""What people decide in a case: the product is asked, and once it has agreed the decision is noted in the truth.

Each deed returns its sentence. What the product refuses is a Problem, which is the caller's.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.boundary import join
from house.canary_run import fail_with_echo, refuse_with_echo
from leaks import law
from leaks.ground import BLOOM, EVERYBODY, note_of
from leaks.sheets import again, bind_sheet, profile_of
from leaks.truth import UNLISTED, FileTruth, Seat

from service.core.custom_roles import BASES, Choice
from service.core.roles import CUSTOM_PREFIX, Group, Permission, Role, Switch
from service.flows import adoption, care, erasing, ingest, members, own_roles, proving, readers, share
from service.flows.intruders import NAMELESS
from service.sandbox.sheets.state.files import Permission as Grant
from service.sandbox.sheets.state.files import permission_id_of, unshare
from service.sandbox.sheets.state.files import share as let_in
from service.store import orders as order_store
from service.store import sheets

if TYPE_CHECKING:
    from leaks.play import Play

MOVERS = EVERYBODY[1:8]  # the members beside the owner, and somebody who is none
NOSY = "nosy@else.example"
GROUPS = tuple(Group)
PERMISSIONS = (Permission.ORDERS_SEE, Permission.SHEET_REFRESH, Permission.EXPORT, Permission.NOTES_WRITE)


def _seat(play: "Play", a: int) -> tuple[str, str]:
    """A member that may be moved: address and id of the membership. NotFound for one who is none."""
    email = MOVERS[a % len(MOVERS)].email
    rows = members.everybody(play.services, play.owner).members
    found = next((row.id for row in rows if row.email == email), "0" * 32)
    return email, found


def _roles(play: "Play") -> list[str]:
    return [*(role.value for role in Role if role is not Role.OWNER), *play.truth.own_roles]


def _move(play: "Play", email: str, **changes: object) -> None:
    key = (BLOOM, email)
    play.truth.seats[key] = replace(play.truth.seats[key], **changes)


def change_role(play: "Play", a: int, b: int) -> str:
    email, member_id = _seat(play, a)
    role = _roles(play)[b % len(_roles(play))]
    members.change_role(play.services, play.owner, member_id, role=role)
    _move(play, email, role=role)
    return f"{email} is {role} from now on."


def change_shops(play: "Play", a: int, b: int) -> str:
    email, member_id = _seat(play, a)
    wanted = ((), ("first",), ("second",))[b % 3]
    seat = play.truth.seats.get((BLOOM, email), Seat("client"))
    ids = [play.shop_ids[place] for place in wanted] or None
    members.change(
        play.services, play.owner, member_id, role=seat.role, shop_ids=ids, expires_at=seat.ends_at
    )  # fmt: skip
    _move(play, email, shops=frozenset(wanted) or None)
    return f"{email} has {' and '.join(wanted) or 'all shops'} from now on."


def end_soon(play: "Play", a: int, b: int) -> str:
    email, member_id = _seat(play, a)
    seat = play.truth.seats.get((BLOOM, email), Seat("client"))
    ends_at = play.now + timedelta(seconds=1 + b % 70)
    ids = None if seat.shops is None else [play.shop_ids[place] for place in sorted(seat.shops)]
    members.change(play.services, play.owner, member_id, role=seat.role, shop_ids=ids, expires_at=ends_at)
    _move(play, email, ends_at=ends_at)
    return f"The membership of {email} ends in {1 + b % 70} s."


def revoke(play: "Play", a: int, b: int) -> str:
    email, member_id = _seat(play, a)
    members.revoke(play.services, play.owner, member_id)
    del play.truth.seats[BLOOM, email]
    return f"{email} is no member any more."


def rejoin(play: "Play", a: int, b: int) -> str:
    person = MOVERS[a % len(MOVERS)]
    seat = play.truth.seats.get((BLOOM, person.email))
    if seat is not None and seat.holds(play.now):
        return f"{person.email} is a member already."
    role = _roles(play)[b % 6]
    join(play.ground.rig, person, role)
    play.truth.seats[BLOOM, person.email] = Seat(role)
    return f"{person.email} joins as {role}."


def switch(play: "Play", a: int, b: int) -> str:
    """Mostly one of those that open what somebody sees."""
    opening = [name for name in Switch if name.rpartition(":")[2].isupper() or name.endswith("ID_MASKED")]
    chosen = [*opening, *opening, *Switch]
    name = chosen[b % len(chosen)].value
    before = play.truth.switches[BLOOM]
    wanted = "off" if name in before else "on"
    members.set_switch(play.services, play.owner, name, wanted=wanted)
    play.truth.switches[BLOOM] = before ^ {name}
    return f"{name} is {wanted} from now on."


def own_role(play: "Play", a: int, b: int) -> str:
    """A role of the account's own is made, or one there is gets another choice: mostly of what its maker sees."""
    known = list(play.truth.own_roles)  # in the order in which they were made
    number = min(a % 2, len(known))
    name = f"Own {number + 1}"
    mine = {*law.groups("owner", play.truth.switches[BLOOM], {}), *(GROUPS if b % 7 == 0 else ())}
    groups = _closed({group for at, group in enumerate(GROUPS) if b >> at & 1 and group in mine} | {Group.ID_MASKED})
    sight = {Permission.NOTES_WRITE} - ({Permission.NOTES_WRITE} if Group.NOTES in groups else set())
    choice = Choice(name, BASES[b % len(BASES)], groups, frozenset(PERMISSIONS) - sight)
    if number < len(known):
        text = known[number]
        own_roles.change(play.services, play.owner, text.removeprefix(CUSTOM_PREFIX), choice)
    else:
        text = own_roles.make(play.services, play.owner, choice).text
    play.truth.own_roles[text] = frozenset(group.value for group in groups)
    return f"{name} ({text}) sees {', '.join(sorted(groups))} from now on."


def _closed(groups: set[Group]) -> frozenset[Group]:
    """With every group that one of them reveals."""
    while more := {Group(one) for group in groups for one in law.REVEALS.get(group.value, ())} - groups:
        groups = groups | more
    return frozenset(groups)


# --- files -----------------------------------------------------------------------------------------------------------


def _file(play: "Play", number: int) -> FileTruth:
    known = list(play.truth.files.values())
    return known[number % len(known)]


def share_file(play: "Play", a: int, b: int) -> str:
    truth = _file(play, b)
    choices = [*((("user", one.email)) for one in MOVERS), ("user", NOSY), ("anyone", ""), ("domain", "else.example"),
               ("group", "ops@else.example")]  # fmt: skip
    kind, address = choices[a % len(choices)]
    number = permission_id_of(kind, address)
    if number not in truth.file.permissions:
        let_in(truth.file, Grant(number, kind, "reader", address))
        truth.since[number] = play.now
    return f"{truth.file.file_id} is shared with {address or kind}."


def unshare_file(play: "Play", a: int, b: int) -> str:
    truth = _file(play, b)
    others = [number for number, one in sorted(truth.file.permissions.items())
              if one.role != "owner" and one.address not in play.truth.ours]  # fmt: skip
    if not others:
        return "Nobody else is in the file."
    gone = truth.file.permissions[others[a % len(others)]]
    unshare(truth.file, gone.permission_id)
    return f"{truth.file.file_id} is not shared with {gone.address or gone.kind} any more."


def approve(play: "Play", a: int, b: int) -> str:
    """By the owner, by name."""
    truth = _file(play, b)
    file_id = truth.file.file_id
    found = [
        one for one in share.check_now(play.services, play.owner, play.identity, file_id) if one.why not in NAMELESS
    ]
    if not found:
        return "There is nobody to approve."
    chosen = readers.approve_reader(
        play.services, play.owner, play.identity, file_id, found[a % len(found)].reader_id
    )  # fmt: skip
    truth.approved.add(UNLISTED if truth.file.hides_readers else chosen.reader_id)
    return f"Maya lets {chosen.label} stay in {file_id}."


def remove_reader(play: "Play", a: int, b: int) -> str:
    file_id = _file(play, b).file.file_id
    found = share.check_now(play.services, play.owner, play.identity, file_id)
    if not found:
        return "There is nobody to remove."
    chosen = readers.remove_reader(
        play.services, play.owner, play.identity, file_id, found[a % len(found)].reader_id
    )  # fmt: skip
    return f"Maya removes {chosen.label} from {file_id}."


def remove_everywhere(play: "Play", a: int, b: int) -> str:
    email = MOVERS[a % len(MOVERS)].email
    removed = readers.remove_everywhere(play.services, play.owner, play.identity, email)
    return f"Maya removes {email} from every file: {len(removed.done)} done, {len(removed.left)} left."


def hide_readers(play: "Play", a: int, b: int) -> str:
    """Our writer is not told any more who can open the file, or is again."""
    truth = _file(play, b)
    truth.file.hides_readers = not truth.file.hides_readers
    truth.file.revision += 1
    if truth.file.hides_readers:
        truth.since[UNLISTED] = play.now
    else:  # whom Google lists again is known from now on
        truth.since |= dict.fromkeys(truth.file.permissions, play.now)
    return f"{truth.file.file_id} {'hides' if truth.file.hides_readers else 'shows'} who can open it."


def widen(play: "Play", a: int, b: int) -> str:
    """The profile of a tab is changed, and the tab takes the change over."""
    file_id = _file(play, a).file.file_id
    bound = play.ground.read(sheets.bindings_in, file_id)
    if not bound:
        return "There is no tab to widen."
    row = bound[0]
    changed = replace(profile_of(play, row.audience, grain=a, columns=b, rows=b), profile_id=row.profile_id or "")
    again(play, changed, row.audience)
    found = adoption.waiting(play.services, play.owner, file_id, row.id)
    if found is None:
        return "The profile stays as it is."
    adoption.adopt(play.services, play.owner, play.identity, file_id, row.id, version=found.version)
    return f"The tab in {file_id} takes over {[column.key for column in changed.columns]}."


def second_tab(play: "Play", a: int, b: int) -> str:
    truth = _file(play, a)
    return bind_sheet(play, truth, truth.audience or "warehouse", grain=a, columns=b, rows=b)


def pause(play: "Play", a: int, b: int) -> str:
    care.pause(play.services, play.owner, _file(play, a).file.file_id)
    return "Maya pauses the file."


def resume(play: "Play", a: int, b: int) -> str:
    care.resume(play.services, play.owner, _file(play, a).file.file_id)
    return "Maya resumes the file."


def stop(play: "Play", a: int, b: int) -> str:
    """Every tab of the file is written no more, and it is bound for somebody else."""
    truth = _file(play, a)
    for row in play.ground.read(sheets.bindings_in, truth.file.file_id):
        care.stop(play.services, play.owner, truth.file.file_id, row.id)
    truth.audience = ""
    return "The tabs are stopped. " + bind_sheet(play, truth, play.role(b), grain=b >> 4, columns=b, rows=b >> 3)


# --- orders and weather ----------------------------------------------------------------------------------------------


def note(play: "Play", a: int, b: int) -> str:
    """What the team notes on an order is shared, or is not any more: the words stay the same."""
    slot = play.ground.slots[a % 3]
    name, _order = slot.versions[play.told[slot.order_id] % len(slot.versions)]
    row = replace(note_of(slot, name), flag=("red", "green")[b % 2])
    with play.services.store.write() as tx:
        order_store.write_note(tx, row, written_by="nobody", now=play.now)
        ingest.touch(
            play.services, tx, account_id=slot.shop.account_id, shop_id=slot.shop.id, order_id=slot.order_id
        )  # fmt: skip
    return f"Somebody flags order {slot.order_id}."


def erase(play: "Play", a: int, b: int) -> str:
    """The buyer of an order asks to be forgotten."""
    slot = play.ground.slots[a % 3]
    erasing.erase_orders(play.services, play.owner, [slot.order_id])
    play.truth.erased.add(slot.order_id)
    return f"The buyer of order {slot.order_id} is erased."


def prove(play: "Play", a: int, b: int) -> str:
    """The file is read as written and searched; what is kept of it is looked at in the end."""
    proof = proving.prove_now(play.services, play.owner, _file(play, a).file.file_id)
    return f"Maya has the file proved: {proof.verdict}."


def refuse(play: "Play", a: int, b: int) -> str:
    play.ground.watch.instead += [refuse_with_echo]
    return "Google refuses the next write and quotes it."


def fail(play: "Play", a: int, b: int) -> str:
    play.ground.watch.instead += [fail_with_echo]
    return "TikTok fails the next read of an order and names the buyer."


DEEDS: Mapping[str, Callable[["Play", int, int], str]] = {
    "change role": change_role,
    "change shops": change_shops,
    "end soon": end_soon,
    "revoke": revoke,
    "join": rejoin,
    "switch": switch,
    "own role": own_role,
    "share": share_file,
    "unshare": unshare_file,
    "approve": approve,
    "remove reader": remove_reader,
    "remove everywhere": remove_everywhere,
    "hide readers": hide_readers,
    "widen": widen,
    "second tab": second_tab,
    "pause": pause,
    "resume": resume,
    "stop": stop,
    "note": note,
    "erase": erase,
    "prove": prove,
    "refuse": refuse,
    "fail": fail,
}

"""Who is in a file and in an account, as tests of the boundary arrange it: shares in Google, memberships here."""

from datetime import datetime

import sqlalchemy as sa

from service.flows import design
from service.sandbox.sheets.state.files import Permission, permission_id_of, share, unshare
from service.store import people
from service.store.records import MemberRow
from service.store.tables import members


def let_in(rig, paper, email="", *, kind="user", role="reader", discoverable=False, until=None):
    """Somebody shares the file in Google's own dialog. The id of the permission."""
    number = permission_id_of(kind, email, allow_discovery=discoverable)
    share(file_of(rig, paper), Permission(number, kind, role, email, discoverable, until))
    return number


def put_out(rig, paper, permission_id):
    """The share is ended in Google's own dialog."""
    unshare(file_of(rig, paper), permission_id)


def file_of(rig, paper):
    """The file as the emulator holds it."""
    return rig.world.emulator.state.files[paper.spreadsheet_id]


def join(rig, person, role):
    """The person is a member from now on. The id of the membership."""
    now = rig.clock.now()
    with rig.services.store.write() as tx:
        people.see_person(tx, person.sub, email=person.email, now=now)
        row = MemberRow(
            id=rig.services.new_id(),
            account_id=rig.account_id,
            sub=person.sub,
            email=person.email,
            role=role,
            shop_ids=None,
            joined_at=now,
            revoked_at=None,
        )
        people.add_member(tx, row)
    return row.id


def change_role(rig, member_id, role):
    """The member has another role, as the flow for it leaves things."""
    with rig.services.store.write() as tx:
        people.change_role(tx, member_id, role)
        design.recheck(rig.services, tx, rig.account_id)


def revoke(rig, member_id):
    """The membership is over, as the flow for it leaves things."""
    with rig.services.store.write() as tx:
        people.revoke_member(tx, member_id, rig.clock.now())
        design.recheck(rig.services, tx, rig.account_id)


def end_membership(rig, person, at: datetime):
    """The person's membership runs out at this time."""
    with rig.services.store.write() as tx:
        tx.execute(sa.update(members).where(members.c.sub == person.sub).values(expires_at=at))

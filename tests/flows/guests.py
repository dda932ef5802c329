"""People who come to an account in tests of flows: how they are invited, join, and are found again."""

from flows.rig import actor, caller

from service.flows import invitations, manage, members
from service.sandbox.people import person_of

THEO = person_of("theo@bloomthread.example")
RAVI = person_of("ravi.menon@gmail.com")
GUEST = person_of("guest@agency.example")


def invited(services, person):
    """The open invitation this person sees."""
    return manage.standing(services, caller(person), "").invitations[0][0]


def join(services, owner, person, role, **more):
    """The person is invited as this and accepts; who they are in the account then."""
    code = invitations.invite(services, owner, email=person.email, role=role, **more)
    invitations.accept(services, caller(person), invited(services, person).id, code=code)
    return actor(services, person)


def member_id(services, owner, person):
    """The person's membership in the owner's account."""
    return next(row.id for row in members.everybody(services, owner).members if row.email == person.email)

"""The people of the local world and what Google would know about them. No tokens here."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

CONSUMER_DOMAINS = frozenset({"gmail.com", "googlemail.com"})


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with a Google account. `role` is the role they hold in the seeded account, None for a stranger."""

    email: str
    name: str
    role: str | None = None

    @property
    def sub(self) -> str:
        """Google's stable number for this account: 21 digits, always the same for the same address."""
        digest = int.from_bytes(hashlib.sha256(self.email.encode()).digest(), "big")
        return f"1{digest % 10**20:020d}"

    @property
    def hd(self) -> str | None:
        """The Workspace domain, or None for a consumer account."""
        domain = self.email.rpartition("@")[2]
        return None if domain in CONSUMER_DOMAINS else domain

    @property
    def hue(self) -> int:
        """The colour of this person's picture, in degrees; the preview's script counts the same."""
        total = 0
        for letter in self.email:
            total = (total * 31 + ord(letter)) % 100_003
        return total * 137 % 360


PEOPLE = (
    Person("maya@bloomthread.example", "Maya Lindqvist", "owner"),
    Person("theo@bloomthread.example", "Theo Okafor", "admin"),
    Person("ines@bloomthread.example", "Ines Duarte", "finance"),
    Person("sam@packright.example", "Sam Whitlock", "warehouse"),
    Person("priya@bloomthread.example", "Priya Nair", "support"),
    Person("colin@hartbooks.example", "Colin Hart", "accountant"),
    Person("lena@brandtbeauty.example", "Lena Brandt", "client"),
    Person("ravi.menon@gmail.com", "Ravi Menon", None),
)

_KNOWN: Mapping[str, Person] = {person.email: person for person in PEOPLE}


def person_of(email: str) -> Person:
    """The person at this address; an address never seen before becomes a stranger named after it."""
    address = email.strip().lower()
    known = _KNOWN.get(address)
    if known is not None:
        return known
    name = address.partition("@")[0].replace(".", " ").replace("_", " ").title()
    return Person(address, name)


def is_address(email: object) -> bool:
    """Whether this looks like one e-mail address, which is all that issuing tokens needs."""
    if not isinstance(email, str):
        return False
    local, at, domain = email.strip().partition("@")
    return bool(local and at and "." in domain and " " not in email.strip() and "@" not in domain)

"""Who asks and for which shop: the app's keys, a shop's cipher and where its access token comes from.

Values only. Tokens are stored, sealed and renewed elsewhere; nothing here shows them when printed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

#: Given the access token that upstream has just refused ("" at first), the one to use now. Called again at most once
#: per request; if it returns the same token, the refusal stands. Renewing is serialised on its side, not here.
TokenSource = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class App:
    """Our app at the vendor. `service_id` names it on the consent page and nowhere else."""

    key: str
    secret: str = field(repr=False)
    service_id: str = ""


@dataclass(frozen=True, slots=True)
class ShopAccess:
    """What it takes to ask for one shop. A token given as text cannot be renewed: a spent one is NotConnected."""

    shop_id: str
    cipher: str = field(repr=False)
    access_token: str | TokenSource = field(repr=False)
    region: str = ""

    def token(self, rejected: str) -> str:
        return self.access_token if isinstance(self.access_token, str) else self.access_token(rejected)


@dataclass(frozen=True, slots=True)
class Shop:
    """One shop that a consent opens. `code` is the shop code people see; the cipher goes with every call for it."""

    shop_id: str
    name: str
    region: str
    seller_type: str
    cipher: str = field(repr=False)
    code: str

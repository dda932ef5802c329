"""What a role may see, read from the matrices that are written by hand, and never asked of the product.

The marks are those of `house/test_matrices`; what is not in a table there (which group reveals which, and what becomes
of a role of the account's own) is written down here once more.
"""

from collections.abc import Collection, Iterable, Mapping

from house.test_matrices import GROUPS, ROLES, SWITCHES

#: Groups as the canaries name them → the group of the matrix. What is in no group is for nobody.
OF_CANARIES: Mapping[str, str] = {
    "ID": "ID",
    "REF": "ID_MASKED",
    "ITEM": "ITEM",
    "SLA": "SLA",
    "FULFIL": "FULFIL",
    "PII": "PII",
    "REVENUE": "REVENUE",
    "FEES": "FEES",
    "COST": "COST",
    "PROFIT": "PROFIT",
    "NOTES": "NOTES",
    "INTERNAL": "NOTES_INTERNAL",
}
#: Whoever is shown the first learns the others.
REVEALS: Mapping[str, tuple[str, ...]] = {
    "ID": ("ID_MASKED",),
    "FEES": ("REVENUE",),
    "PROFIT": ("COST", "FEES", "REVENUE"),
    "NOTES_INTERNAL": ("NOTES",),
}
#: Who gives rights, and may open an optional cell of their own whenever they like.
GIVERS = ("owner", "admin")
OWN = "custom:"

_OPENED_BY: Mapping[tuple[str, str], list[str]] = {
    (role, group): [
        name for name, (whose, _columns, opens, _deeds) in SWITCHES.items() if whose == role and group in opens
    ]
    for role in ROLES
    for group in GROUPS
}


def groups(role: str, switches: Collection[str], own_roles: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The groups of the matrix that this role sees. `own_roles`: role as it is written down → the groups chosen."""
    if not role.startswith(OWN):
        return _whole({group for group in GROUPS if _is_open(group, role, switches)})
    given = {group for group in GROUPS if any(_is_open(group, giver, switches) for giver in GIVERS)}
    return _whole(given & set(own_roles.get(role, ())))


def canary_groups(seen: Collection[str]) -> frozenset[str]:
    """The same groups as the canaries name them."""
    return frozenset(name for name, group in OF_CANARIES.items() if group in seen)


def columns_of(seen: Collection[str], needs: Mapping[str, Iterable[str]]) -> list[str]:
    """The columns of which every group is seen. `needs`: column → its groups."""
    return [key for key, wanted in needs.items() if set(wanted) <= set(seen)]


def _is_open(group: str, role: str, switches: Collection[str]) -> bool:
    mark = GROUPS[group][ROLES.index(role)]
    return mark == "●" or (mark == "○" and any(name in switches for name in _OPENED_BY[role, group]))


def _whole(seen: set[str]) -> frozenset[str]:
    """Without the groups that would reveal one that is not seen."""
    while alone := {group for group in seen if not set(REVEALS.get(group, ())) <= seen}:
        seen -= alone
    return frozenset(seen)

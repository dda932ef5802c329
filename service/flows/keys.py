"""Keys at rest: everything sealed anew under the first one."""

from collections.abc import Mapping

from service.flows import Services
from service.store import rotation


def rotate(services: Services) -> Mapping[str, int]:
    """Every secret at rest is sealed under the first key; table → how many. Run it, then drop the old key."""
    return rotation.rotate(services.store)

"""Facts of changed profiles as the lines of cards. Nothing is decided here."""

from cards.changed import Changed
from service.flows import adoption
from service.flows.adoption import Adoption
from service.flows.design import Designed
from service.web.ask import Ask
from service.web.handlers.welcome import said


def changed_of(ask: Ask, binding_id: str) -> Changed | None:
    """What one tab of the open file would show differently; None when it shows its profile as it is."""
    found = adoption.waiting(ask.services, ask.actor, ask.spreadsheet_id, binding_id)
    return None if found is None else _changed(ask, found)


def tabs_behind(ask: Ask, designed: Designed) -> tuple[Changed, ...]:
    """The tabs of the open file that show this profile as it was before; none for a ready-made one."""
    if designed.is_preset or not ask.spreadsheet_id:
        return ()
    found = adoption.waiting_in(ask.services, ask.actor, ask.spreadsheet_id, designed.ref)
    return tuple(_changed(ask, one) for one in found)


def _changed(ask: Ask, found: Adoption) -> Changed:
    return Changed(
        binding_id=found.row.id,
        tab_name=found.row.tab_title,
        profile_name=found.profile.name,
        added=len(found.change.added),
        removed=len(found.change.removed),
        has_filter=found.change.has_filter,
        reason=said(ask, found.refusal) if found.refusal is not None else "",
    )

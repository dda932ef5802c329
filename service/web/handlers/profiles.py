"""Profiles: choosing one, looking at its first rows, and changing the columns and the filter of the account's own."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time

from cards.columns import PROFILE_NAME_LIMIT, ColumnDetail, ColumnLine, ColumnsEditor
from cards.filters import SKU_LIMIT, FilterForm
from cards.layout import LIST_LINES, Pager
from cards.order import Field
from cards.preview import Preview
from cards.profiles import ChooseProfile, ProfileLine
from cards.reply import Reply, Show
from cards.widgets import Choice
from cards.words import mark
from service.core.columns import COLUMNS
from service.core.filters import RowFilter
from service.core.orders import OrderStatus
from service.core.rows import Grain
from service.errors import BadInput, NotAllowed
from service.flows import design, manage, overview, trial
from service.flows.design import Designed, Offer
from service.web.ask import Ask
from service.web.handlers.changed import tabs_behind
from service.web.handlers.lines import own_role_names, role_name
from service.web.handlers.welcome import said
from service.web.handlers.wording import GROUP_WORDS, STATUS_WORDS, filter_words

_GRAIN_WORDS: Mapping[Grain, str] = {
    Grain.ORDER: mark("one row per order"),
    Grain.LINE: mark("one row per product"),
    Grain.TRANSACTION: mark("one row per settled transaction"),
}
#: Hours of a due window → its words.
_DUE_WORDS: Mapping[int, str] = {
    4: mark("Due within 4 hours"),
    12: mark("Due within 12 hours"),
    24: mark("Due within 24 hours"),
    48: mark("Due within 2 days"),
}


# --- choosing --------------------------------------------------------------------------------------------------------


def choose_profile(ask: Ask) -> Reply:
    """The ready-made and the account's own profiles, each with the reason where it is not for this file."""
    presets, saved = design.offers(ask.services, ask.actor, role=_file_role(ask))
    return Reply(
        ChooseProfile(
            account_name=manage.account(ask.services, ask.actor.scope).name,
            presets=tuple(_offered(ask, one) for one in presets),
            saved=tuple(_offered(ask, one) for one in saved),
            may=ask.may,
        )
    )


def preview_profile(ask: Ask) -> Reply:
    """A profile's first rows. `profile_id`; `again` when looked at a second time."""
    designed = design.profile_for(ask.services, ask.actor, ask.param("profile_id"), _file_role(ask))
    return Reply(_preview(ask, designed), Show.UPDATE if ask.event.parameters.get("again") else Show.PUSH)


def clone_profile(ask: Ask) -> Reply:
    """The account has a copy of its own, open for changes. `profile_id`."""
    ref = ask.param("profile_id")
    name = design.profile_for(ask.services, ask.actor, ref).profile.name
    copied = ask.words("My {profile}", profile=name)
    profile_id = design.clone(ask.services, ask.actor, ref, name=copied, role=_file_role(ask))
    return Reply(_editor(ask, profile_id), toast=ask.words("Your own copy"))


def _file_role(ask: Ask) -> str | None:
    """The role the open file is written for; None while it is not connected."""
    return ask.standing.file.audience if ask.standing.file is not None else None


def _offered(ask: Ask, offer: Offer) -> ProfileLine:
    designed = offer.designed
    return ProfileLine(
        profile_id=designed.ref,
        name=designed.profile.name,
        sentence=ask.words(designed.sentence) if designed.sentence else filter_words(ask, designed.profile),
        column_count=len(designed.profile.columns),
        audience=role_name(ask, designed.role),
        reason=said(ask, offer.reason) if offer.reason else "",
    )


def _preview(ask: Ask, designed: Designed) -> Preview:
    reason = design.refusal(ask.services, ask.actor, designed)
    facts = (
        designed.ref,
        designed.profile.name,
        role_name(ask, designed.role),
        ask.words(_GRAIN_WORDS[designed.profile.grain]),
    )
    count = len(designed.profile.columns)
    if reason is not None:
        return Preview(
            *facts, filter_words(ask, designed.profile), count, 0, 0,
            reason=said(ask, reason), is_preset=designed.is_preset, behind=tabs_behind(ask, designed), may=ask.may,
        )  # fmt: skip
    seen = trial.preview(ask.services, ask.actor, designed, locale=ask.words.locale)
    hidden = ask.words("Not shown to your role")
    rows = tuple(tuple(Field(label, hidden if value is None else value) for label, value in row) for row in seen.rows)
    is_loading = any(shop.state == "loading" for shop in overview.shops_of(ask.services, ask.actor))
    return Preview(
        *facts, filter_words(ask, designed.profile), count, seen.fit_count, seen.looked_at,
        rows=rows, is_all=seen.looked_at < trial.PREVIEW_DEPTH, is_loading=is_loading,
        is_preset=designed.is_preset, behind=tabs_behind(ask, designed), is_settled=_is_settled(designed), may=ask.may,
    )  # fmt: skip


def _is_settled(designed: Designed) -> bool:
    """Whether its rows are settled transactions."""
    return designed.profile.grain is Grain.TRANSACTION


# --- columns ---------------------------------------------------------------------------------------------------------


def edit_columns(ask: Ask) -> Reply:
    """The columns of an own profile. `draft_id` or `profile_id`; `page` when turned."""
    is_turned = bool(ask.event.parameters.get("page"))
    return Reply(_editor(ask, _profile_id(ask)), Show.UPDATE if is_turned else Show.PUSH)


def column(ask: Ask) -> Reply:
    """One of its columns. `draft_id`, `column_key`."""
    return Reply(_column(ask))


def add_column(ask: Ask) -> Reply:
    """These columns stand at its end. `draft_id`; form: `columns`, `more_columns`."""
    form = ask.event.form
    keys = list(dict.fromkeys((*form.get("columns", ()), *form.get("more_columns", ()))))
    return _changed(ask, lambda key: design.add_columns(ask.services, ask.actor, key, keys), Show.UPDATE)


def remove_column(ask: Ask) -> Reply:
    """The column is taken out. `draft_id`, `column_key`."""
    chosen = ask.param("column_key")
    return _changed(ask, lambda key: design.remove_column(ask.services, ask.actor, key, chosen), Show.BACK_AND_UPDATE)


def move_column(ask: Ask) -> Reply:
    """The column stands at another place. `draft_id`, `column_key`, `place` from 1."""
    chosen, place = ask.param("column_key"), ask.param("place")
    if not place.isdigit():
        raise BadInput("This button is out of date. Go home and try again.", detail="place is no number")
    return _changed(
        ask,
        lambda key: design.move_column(ask.services, ask.actor, key, chosen, number=int(place[:4])),
        Show.BACK_AND_UPDATE,
    )


def rename_column(ask: Ask) -> Reply:
    """The column has another heading. `draft_id`, `column_key`; form: `header`."""
    chosen, header = ask.param("column_key"), ask.text("header")
    try:
        design.rename_column(ask.services, ask.actor, ask.param("draft_id"), chosen, header=header)
    except BadInput as problem:
        return Reply(_column(ask, error=said(ask, problem)), Show.UPDATE)
    return Reply(_editor(ask, ask.param("draft_id")), Show.BACK_AND_UPDATE)


def save_profile(ask: Ask) -> Reply:
    """The profile has this name and is meant for this role. `draft_id`; form: `profile_name`, `audience`."""
    profile_id = ask.param("draft_id")
    name = ask.text("profile_name", limit=PROFILE_NAME_LIMIT)
    role = ask.choice("audience", design.roles(ask.services, ask.actor))
    try:
        designed = design.save_profile(ask.services, ask.actor, profile_id, name=name, role=role)
    except BadInput as problem:
        return ask.nothing_done(Reply(_editor(ask, profile_id, name_error=said(ask, problem)), Show.UPDATE))
    except NotAllowed as problem:
        return ask.nothing_done(Reply(_editor(ask, profile_id, error=said(ask, problem)), Show.UPDATE))
    return Reply(_preview(ask, designed), Show.BACK_AND_UPDATE, toast=ask.words("Saved"))


def _profile_id(ask: Ask) -> str:
    given = ask.event.parameters
    return given.get("draft_id", "") or ask.param("profile_id")


def _changed(ask: Ask, change: Callable[[str], Designed], show: Show) -> Reply:
    """The editor after a change, or in place with what is wrong with it."""
    profile_id = ask.param("draft_id")
    try:
        change(profile_id)
    except (BadInput, NotAllowed) as problem:
        return Reply(_editor(ask, profile_id, error=said(ask, problem)), show)
    return Reply(_editor(ask, profile_id), show)


def _editor(ask: Ask, profile_id: str, *, error: str = "", name_error: str = "") -> ColumnsEditor:
    designed = design.profile_for(ask.services, ask.actor, profile_id)
    if designed.is_preset:
        raise BadInput("A ready-made profile stays as it is. Make a copy and change that.")
    columns, roles = designed.profile.columns, design.roles(ask.services, ask.actor)
    first = _page(ask, len(columns))
    shown = columns[first : first + LIST_LINES]
    return ColumnsEditor(
        draft_id=profile_id,
        profile_name=designed.profile.name,
        columns=tuple(
            ColumnLine(one.key, one.header, _group(ask, one.key), number) for number, one in enumerate(shown, first + 1)
        ),
        pager=Pager(
            first + 1,
            first + len(shown),
            len(columns),
            str(first - LIST_LINES) if first else "",
            str(first + LIST_LINES) if first + LIST_LINES < len(columns) else "",
        ),
        available=tuple(
            Choice(one.key, ask.words("{group}: {column}", group=_group(ask, one.key), column=one.header))
            for one in trial.addable(ask.services, ask.actor, designed)
        ),
        audience=designed.role,
        audiences=tuple(roles),
        own_roles=own_role_names(roles),
        used_by=tuple(design.tabs_using(ask.services, ask.actor, profile_id)),
        error=error,
        name_error=name_error,
    )


def _page(ask: Ask, count: int) -> int:
    """The index of the first column in view, from 0: a whole page's beginning, whatever the parameter says."""
    page = ask.event.parameters.get("page", "0")
    wanted = int(page[:4]) if page.isdigit() else 0
    return min(wanted, max(count - 1, 0)) // LIST_LINES * LIST_LINES


def _column(ask: Ask, *, error: str = "") -> ColumnDetail:
    profile_id, key = ask.param("draft_id"), ask.param("column_key")
    designed = design.profile_for(ask.services, ask.actor, profile_id)
    number, header = design.place_of(designed, key)
    known = COLUMNS[key]
    return ColumnDetail(
        draft_id=profile_id,
        column_key=key,
        header=header,
        default_header=known.header,
        group=_group(ask, key),
        sentence=known.sentence,
        example=known.example,
        number=number,
        last=len(designed.profile.columns),
        is_key=trial.keeps_rows_apart(ask.services, ask.actor, designed, key),
        error=error,
    )


def _group(ask: Ask, key: str) -> str:
    return ask.words(GROUP_WORDS[COLUMNS[key].group])


# --- the filter ------------------------------------------------------------------------------------------------------


def edit_filter(ask: Ask) -> Reply:
    """Which orders an own profile takes. `draft_id` or `profile_id`."""
    designed = design.profile_for(ask.services, ask.actor, _profile_id(ask))
    if designed.is_preset:
        raise BadInput("A ready-made profile stays as it is. Make a copy and change that.")
    return Reply(_filter_form(ask, designed, designed.profile.row_filter))


def save_filter(ask: Ask) -> Reply:
    """They are these. `draft_id`; form: `status`, `window`, `shop`, `warehouse`, `sku`, `from_day`, `to_day`."""
    profile_id = ask.param("draft_id")
    designed = design.profile_for(ask.services, ask.actor, profile_id)
    wanted = _typed_filter(ask, designed)
    try:
        saved = design.save_filter(ask.services, ask.actor, profile_id, wanted)
    except BadInput as problem:
        field = "day_error" if problem.field.startswith(("created", "settled")) else "sku_error"
        return Reply(_filter_form(ask, designed, wanted, **{field: said(ask, problem)}), Show.UPDATE)
    return Reply(_preview(ask, saved), Show.BACK_AND_UPDATE, toast=ask.words("The filter is saved"))


def _typed_filter(ask: Ask, designed: Designed) -> RowFilter:
    """What was chosen, over what the form does not ask."""
    may = trial.filter_choices(ask.services, ask.actor, designed)
    days = (ask.event.dates.get("from_day"), ask.event.dates.get("to_day"))
    of_shops = ask.choices("shop", may.shops) if may.shops else ()
    if _is_settled(designed):
        return RowFilter(shop_ids=of_shops, settled_from=days[0], settled_to=days[1])
    before = designed.profile.row_filter
    window = ask.choice("window", {"", *map(str, _DUE_WORDS)}) if may.due and ask.event.form.get("window") else ""
    skus = ask.text("sku", limit=SKU_LIMIT).replace(";", ",").split(",") if may.sku else []
    return RowFilter(
        statuses=ask.choices("status", {status.value for status in OrderStatus}) if may.statuses else (),
        due_within_h=int(window) if window else None,
        created_from=days[0],
        created_to=days[1],
        skus=tuple(dict.fromkeys(sku.strip() for sku in skus if sku.strip())),
        warehouse_ids=ask.choices("warehouse", may.warehouses) if may.warehouses else (),
        shop_ids=of_shops,
        fulfilment_types=before.fulfilment_types,
        include_samples=before.include_samples,
    )


def _filter_form(
    ask: Ask, designed: Designed, now: RowFilter, *, sku_error: str = "", day_error: str = ""
) -> FilterForm:
    may = trial.filter_choices(ask.services, ask.actor, designed)
    anything = Choice("", ask.words("Any"), now.due_within_h is None)
    due = [Choice(str(hours), ask.words(said_), now.due_within_h == hours) for hours, said_ in _DUE_WORDS.items()]
    return FilterForm(
        draft_id=designed.ref,
        profile_name=designed.profile.name,
        statuses=_chosen({one: ask.words(text) for one, text in STATUS_WORDS.items()}, now.statuses)
        if may.statuses
        else (),
        windows=(anything, *due) if may.due else (),
        shops=_chosen(may.shops or {}, now.shop_ids),
        warehouses=_chosen(may.warehouses or {}, now.warehouse_ids),
        has_sku=may.sku,
        sku=", ".join(now.skus),
        from_day_ms=_ms(now.settled_from or now.created_from),
        to_day_ms=_ms(now.settled_to or now.created_to),
        is_settled=_is_settled(designed),
        sku_error=sku_error,
        day_error=day_error,
    )


def _chosen(words: Mapping[str, str], chosen: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(key, text, key in chosen) for key, text in words.items())


def _ms(day: date | None) -> int | None:
    """Midnight UTC of the day in milliseconds, as the picker wants it."""
    return None if day is None else int(datetime.combine(day, time(), UTC).timestamp() * 1000)

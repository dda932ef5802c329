"""Home in all its states, and the doors before it: allowing the file, opening an account, accepting an invitation."""

from dataclasses import replace

from cards.actions import Action
from cards.desk_home import FinanceLine
from cards.home import DueCount, DueKind, SheetHome
from cards.news import FeeRise, Leak, News, NewsKind
from cards.readers import reader_name
from cards.reply import FileScopeRequest, Reply, Show
from cards.shops import ShopLine
from cards.welcome import (
    CODE_LIMIT,
    AllowFile,
    AllowFileHelp,
    ConfirmCode,
    CopiedFile,
    FirstRun,
    Invitations,
    Stranger,
    UnboundFile,
)
from service.errors import BadInput, NotGranted, Problem
from service.flows import design, desk_brief, fee_drifts, invitations, manage, news, order_list, overview, review
from service.flows.news import ShopNews
from service.web.ask import Answer, Ask
from service.web.handlers.lines import (
    SHEET_URL,
    invitation_lines,
    percent_of,
    role_name,
    seconds_since,
    sheet_lines,
    shop_line,
    tab_line,
)
from service.web.handlers.own import choose_account_view
from service.web.handlers.reader_lines import kept_readers


def home(ask: Ask) -> Reply:
    """Google opens the sidebar: how things stand here for this person."""
    return Reply(home_view(ask))


def file_granted(ask: Ask) -> Reply:
    """Google says that the file was allowed; being called is the grant, but without an id there is no file."""
    return Reply(home_view(ask) if ask.spreadsheet_id else AllowFileHelp())


def return_home(ask: Ask) -> Reply:
    """A button leads home: the stack is emptied and home drawn anew."""
    return Reply(home_view(ask), Show.ROOT)


def allow_file(ask: Ask) -> Answer:
    """Google asks the person for the open file; where that was done already, home."""
    return return_home(ask) if _is_granted(ask) else FileScopeRequest()


def new_account(ask: Ask) -> Reply:
    """The form for an account."""
    return Reply(FirstRun(ask.caller.email, is_first=not ask.standing.accounts))


def open_account(ask: Ask) -> Reply:
    """The person owns a new account and works on it. Form: `account_name`."""
    name = ask.text("account_name")
    try:
        manage.open_account(ask.services, ask.caller, name)
    except BadInput as problem:
        view = FirstRun(ask.caller.email, name, said(ask, problem), is_first=not ask.standing.accounts)
        return ask.nothing_done(Reply(view, Show.UPDATE))
    return Reply(home_view(standing_anew(ask)), Show.ROOT, toast=ask.words("Your account is open"))


def choose_account(ask: Ask) -> Reply:
    """The accounts to choose from, or, with `account_id`, that one is worked on in files that are not connected."""
    account_id = ask.event.parameters.get("account_id", "")
    if not account_id:
        return Reply(choose_account_view(ask))
    manage.choose_account(ask.services, ask.caller, account_id)
    return Reply(home_view(standing_anew(ask)), Show.ROOT)


def accept_invitation(ask: Ask) -> Reply:
    """The person is a member; where Google cannot speak for the address, the code is asked for. `invitation_id`."""
    return _accept(ask, code="")


def confirm_code(ask: Ask) -> Reply:
    """The same with the one-time code. Form: `code`."""
    return _accept(ask, code=ask.text("code", limit=CODE_LIMIT))


def _accept(ask: Ask, *, code: str) -> Reply:
    invitation_id = ask.param("invitation_id")
    try:
        account_id = invitations.accept(ask.services, ask.caller, invitation_id, code=code)
    except BadInput as problem:
        names = {row.id: account.name for row, account in ask.standing.invitations}
        error = said(ask, problem) if code else ""
        view = ConfirmCode(invitation_id, names.get(invitation_id, ""), ask.caller.email, error)
        return Reply(view, Show.UPDATE if ask.action == "confirm-code" else Show.PUSH)
    was_member = ask.standing.actor is not None and ask.standing.actor.account_id == account_id
    toast = ask.words("The account is yours") if was_member else ask.words("Welcome")
    return Reply(home_view(standing_anew(ask)), Show.ROOT, toast=toast)


# --- home ------------------------------------------------------------------------------------------------------------


def said(ask: Ask, problem: Problem) -> str:
    """What is wrong with a field, in the reader's language."""
    return ask.words(problem.template, **problem.values)


def standing_anew(ask: Ask) -> Ask:
    """The same press, after something changed who the person is here."""
    standing = manage.standing(ask.services, ask.caller, ask.spreadsheet_id)
    return replace(ask, standing=standing, may=ask.may_of(standing.actor))


def _is_granted(ask: Ask) -> bool:
    return bool(ask.spreadsheet_id) and ask.event.has_file_grant is not False


def home_view(ask: Ask) -> object:
    """How things stand in this file for this person."""
    if ask.standing.file is not None:
        return _bound(ask)
    if ask.standing.invitations and not ask.standing.accounts:
        return Invitations(invitation_lines(ask))
    if not _is_granted(ask):
        return AllowFile(sheet_lines(ask, overview.sheets_of(ask.services, ask.caller)))
    if not ask.standing.accounts:
        return FirstRun(ask.caller.email)
    return _unbound(ask)


def _bound(ask: Ask) -> object:
    """A file of an account: its state for members, the invitation for its guests, nothing for anybody else."""
    if ask.standing.actor is None:
        account_id = ask.standing.file.account_id if ask.standing.file else ""
        waiting = invitation_lines(ask, account_id=account_id)
        return Invitations(waiting) if waiting else Stranger()
    file = overview.open_file(ask.services, ask.actor, ask.spreadsheet_id)
    return SheetHome(
        file_title=file.status.file.title,
        account_name=file.account_name,
        role=ask.actor.audience.name,
        audience=role_name(ask, file.status.file.audience),
        tabs=tuple(tab_line(ask, file, tab) for tab in file.tabs),
        due=_due(ask),
        may=ask.may,
        news=tuple(_news(ask, one) for one in news.of_shops(ask.services, ask.actor)),
        leaks=_leaks(ask),
        rises=_rises(ask),
        is_review_due=_is_review_due(ask),
        finance=_finance(ask),
    )


def _finance(ask: Ask) -> FinanceLine | None:
    """How fresh the finances are, for those who have the desk."""
    found = desk_brief.brief(ask.services, ask.actor) if Action.DESK in ask.may else None
    if found is None:
        return None
    read_s = None if found.read_at is None else seconds_since(ask.services.clock.market(), found.read_at)
    return FinanceLine(read_s, found.troubles)


def _rises(ask: Ask) -> tuple[FeeRise, ...]:
    """Fees that take more of a shop's revenue than before, for those who may see fees."""
    if Action.FEE_DRIFT not in ask.may:
        return ()
    now = ask.services.clock.now()
    return tuple(
        FeeRise(
            one.row.id,
            one.shop_name if design.sees(ask.actor, "shop_name") else ask.words("The shop"),
            percent_of(ask.words, one.row.drift.before.share),
            percent_of(ask.words, one.row.drift.after.share),
            seconds_since(now, one.row.at),
        )
        for one in fee_drifts.told(ask.services, ask.actor)
    )


def _is_review_due(ask: Ask) -> bool:
    account = ask.standing.account
    return account is not None and review.is_due(ask.services, ask.actor, account)


def _news(ask: Ask, told: ShopNews) -> News:
    now = ask.services.clock.now()
    left_s = max(0, int((told.moves_at - now).total_seconds()))
    return News(NewsKind(told.deed), told.shop, seconds_since(now, told.at), told.who, left_s)


def _leaks(ask: Ask) -> tuple[Leak, ...]:
    """Files elsewhere that rest for their readers, each with the first of them."""
    now = ask.services.clock.now()
    found = []
    for file in news.of_files(ask.services, ask.actor, but=ask.spreadsheet_id):
        first = next(iter(kept_readers(ask, file)), None)
        found.append(
            Leak(
                file_title=file.title,
                url=SHEET_URL.format(spreadsheet_id=file.spreadsheet_id),
                who=ask.words("Somebody") if first is None else reader_name(first, ask.words),
                ago_s=0 if file.checked_at is None else seconds_since(now, file.checked_at),
            )
        )
    return tuple(found)


def _due(ask: Ask) -> tuple[DueCount, ...]:
    counts = order_list.due_counts(ask.services, ask.actor)
    return tuple(DueCount(DueKind(one.window), one.count, one.is_more) for one in counts)


def _unbound(ask: Ask) -> object:
    if ask.standing.actor is None:
        return choose_account_view(ask)
    if _is_copy(ask):
        return CopiedFile(ask.may)
    account = ask.standing.account
    return UnboundFile(
        file_title=ask.event.title or ask.words("This spreadsheet"),
        account_name=account.name if account else "",
        role=ask.actor.audience.name,
        shops=_shops(ask),
        sheets=sheet_lines(ask, overview.sheets_of(ask.services, ask.caller)),
        leaks=_leaks(ask),
        account_count=len(ask.standing.accounts),
        invitations=invitation_lines(ask),
        may=ask.may,
    )


def _shops(ask: Ask) -> tuple[ShopLine, ...]:
    """The account's shops, for those who may see what they are called."""
    if not design.sees(ask.actor, "shop_name"):
        return ()
    return tuple(shop_line(ask, shop) for shop in overview.shops_of(ask.services, ask.actor))


def _is_copy(ask: Ask) -> bool:
    try:
        return overview.is_copy(ask.services, ask.identity, ask.spreadsheet_id)
    except NotGranted:  # without a token nothing can be looked at, and home needs none
        return False

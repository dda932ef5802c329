"""Frozen rows as the flows see them: the fields of the tables that anybody outside needs, typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from inspect import get_annotations
from typing import Any, TypeVar

import sqlalchemy as sa
from msgspec import Struct

from service.core.custom_roles import audience_for
from service.core.roles import Audience, Switch

T = TypeVar("T")


def columns_of(table: sa.Table, record: type[T]) -> list[sa.ColumnElement[Any]]:
    """The columns of `table` that `record` has fields for, in the record's order."""
    return [table.c[name] for name in get_annotations(record)]


def one(record: type[T], row: sa.Row[Any] | None) -> T | None:
    """The row as a record, or None."""
    return None if row is None else record(**row._mapping)


def many(record: type[T], rows: sa.Result[Any]) -> list[T]:
    """Every row as a record."""
    return [record(**row._mapping) for row in rows]


@dataclass(frozen=True, slots=True)
class AccountRow:
    id: str
    name: str
    plan: str
    switches: list[str]
    created_at: datetime
    custom_roles: Mapping[str, Any] = field(default_factory=dict)
    pii_days: int | None = None
    audit_days: int | None = None
    review_due_at: datetime | None = None
    reviewed_at: datetime | None = None
    closed_at: datetime | None = None
    wiped_at: datetime | None = None

    def audience(self, role: str) -> Audience:
        """`role` under this account's switches, one of the seven or `custom:<id>`. A switch the code no longer knows is
        off; a role of the account's own that is gone sees nothing.
        """
        known = {switch.value for switch in Switch}
        on = frozenset(Switch(name) for name in self.switches if name in known)
        return audience_for(role, switches=on, kept=self.custom_roles)


@dataclass(frozen=True, slots=True)
class PersonRow:
    sub: str
    email: str
    chosen_account_id: str | None
    signed_out_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberRow:
    id: str
    account_id: str
    sub: str
    email: str
    role: str
    shop_ids: list[str] | None
    joined_at: datetime
    revoked_at: datetime | None
    expires_at: datetime | None = None
    seen_at: datetime | None = None
    reviewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InvitationRow:
    id: str
    account_id: str
    email: str
    role: str
    invited_by: str
    created_at: datetime
    expires_at: datetime
    code_hash: str | None
    code_tries: int
    accepted_at: datetime | None
    revoked_at: datetime | None
    domain: str = ""
    shop_ids: list[str] | None = None
    member_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConsentRow:
    id: str
    account_id: str
    open_id: str
    seller_name: str
    region: str
    tokens: bytes
    access_expires_at: datetime
    refresh_expires_at: datetime
    state: str
    version: int
    refreshing_until: datetime | None


@dataclass(frozen=True, slots=True)
class ShopRow:
    id: str
    account_id: str
    consent_id: str
    tiktok_shop_id: str
    name: str
    region: str
    cipher: str
    state: str
    warehouses: Mapping[str, str]
    polled_until: datetime
    next_poll_at: datetime
    import_from: datetime
    import_at: datetime | None
    subscribed_at: datetime | None
    not_before: datetime | None
    tries: int
    trouble: str | None
    connected_at: datetime


@dataclass(frozen=True, slots=True)
class OwnConsentRow:
    id: str
    account_id: str
    sub: str
    email: str
    sealed: bytes | None
    scopes: list[str]
    state: str
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProfileRow:
    id: str
    account_id: str
    name: str
    preset: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FileRow:
    spreadsheet_id: str
    account_id: str
    title: str
    audience: str
    writer_email: str
    time_zone: str
    state: str
    reason: str
    reason_text: str
    approved_readers: list[str]
    lease_holder: str | None
    lease_epoch: int
    lease_until: datetime | None
    queued: bool
    not_before: datetime | None
    pace_at: datetime | None
    tries: int
    checked_at: datetime | None
    flushed_at: datetime | None
    created_at: datetime
    edited_at: datetime | None = None
    looked_at: datetime | None = None
    listed_at: datetime | None = None
    permission_ids: list[str] | None = None
    intruders: list[Mapping[str, str]] | None = None
    consent_id: str | None = None


@dataclass(frozen=True, slots=True)
class BindingRow:
    id: str
    account_id: str
    spreadsheet_id: str
    sheet_id: int
    tab_title: str
    profile: Mapping[str, Any]
    profile_id: str | None
    audience: str
    mask: bytes | None
    header_row: int
    state: str
    reason: str
    reason_text: str
    fill_at: datetime | None
    fill_total: int
    fill_started_at: datetime | None
    row_total: int
    row_done: int
    is_ticking: bool
    created_at: datetime
    fill_from_at: datetime | None = None
    fill_seen: int = 0
    fill_stopped_at: datetime | None = None
    window_days: int | None = None
    audited_at: datetime | None = None
    audit_row: int | None = None
    audit_due_at: datetime | None = None
    notice: str = ""
    archive_of: str | None = None
    roll_due_at: datetime | None = None


class SheetRow(Struct, frozen=True):
    """A struct: of no other record does a pass read thousands."""

    binding_id: str
    row_key: str
    shop_id: str
    order_id: str
    sku_id: str
    version: int
    settled: int
    dirty_at: datetime | None
    is_fill: bool
    sort_at: datetime
    position: int | None
    absent_at: datetime | None
    sent_at: datetime | None
    is_known: bool
    image: Mapping[str, Any] | None
    copies: list[int] | None = None
    stays_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportRow:
    id: str
    binding_id: str
    kind: str
    subject: str
    place: str
    seen_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticeRow:
    notice_id: str
    tiktok_shop_id: str
    kind: int
    order_ids: list[str]


@dataclass(frozen=True, slots=True)
class IntentRow:
    id: str
    spreadsheet_id: str
    epoch: int
    sent_at: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FlushRow:
    at: datetime
    inserted: int
    updated: int
    unchanged: int
    reads: int
    writes: int
    ms: int
    outcome: str
    reason: str
    kind: str = "flush"
    healed: int = 0
    removed: int = 0
    cells: list[str] | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class FinanceCursorRow:
    shop_id: str
    account_id: str
    statements_at: datetime | None
    payments_at: datetime | None
    sweep_at: datetime | None
    sweep_order_at: datetime | None
    swept_at: datetime | None
    next_at: datetime
    tries: int = 0
    trouble: str | None = None
    refused_consent_id: str | None = None

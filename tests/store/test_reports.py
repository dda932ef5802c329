"""Reports of what people did: each once while it is open, never again after somebody took note of what stays."""

from datetime import timedelta

import pytest
from store.conftest import NOW

from service.errors import NotFound
from service.store import reports
from service.store.reports import Kind

HERE = "bloom-binding"


def tell(bloom, kind, *subjects, at=NOW, binding_id=HERE):
    ids = {subject: f"{kind}-{subject}-{at:%H%M}" for subject in subjects}
    return bloom.write(reports.report, ids, binding_id, kind, places=dict.fromkeys(subjects, "B7"), now=at)


def open_ones(bloom):
    return [(row.kind, row.subject) for row in bloom.read(reports.open_reports, HERE, limit=10)]


def test_a_subject_is_reported_once_while_open(bloom):
    assert tell(bloom, Kind.ROW_COPIED, "a", "b") == 2
    assert tell(bloom, Kind.ROW_COPIED, "b", "c", at=NOW + timedelta(minutes=5)) == 1
    assert bloom.read(reports.open_counts, HERE) == {"row-copied": 3}
    assert bloom.read(reports.open_subjects, HERE, Kind.ROW_COPIED)
    assert open_ones(bloom)[0] == ("row-copied", "c"), "newest first"


def test_what_is_put_right_is_reported_when_it_happens_again(bloom):
    tell(bloom, Kind.COLUMN_DELETED, "status")
    assert bloom.write(reports.forget, HERE, Kind.COLUMN_DELETED, ["status"]) == 1
    assert bloom.read(reports.reported, HERE, Kind.COLUMN_DELETED) == set()
    assert tell(bloom, Kind.COLUMN_DELETED, "status") == 1


def test_what_somebody_took_note_of_is_known_and_not_open(bloom):
    tell(bloom, Kind.COLUMN_DELETED, "status")
    (found,) = bloom.read(reports.open_reports, HERE, limit=10)
    bloom.write(reports.take_note, found.id, NOW)
    assert open_ones(bloom) == []
    assert bloom.read(reports.reported, HERE, *Kind) == {("column-deleted", "status")}


def test_noted_rows_are_forgotten_in_time_and_columns_are_not(bloom):
    for kind in (Kind.ROW_DELETED, Kind.COLUMN_REPLACED):
        tell(bloom, kind, "x")
    for found in bloom.read(reports.open_reports, HERE, limit=10):
        bloom.write(reports.take_note, found.id, NOW)
    assert bloom.write(reports.forget_noted, NOW + timedelta(days=1)) == 1
    assert bloom.read(reports.reported, HERE, *Kind) == {("column-replaced", "x")}


def test_a_report_of_another_account_does_not_exist(bloom):
    tell(bloom, Kind.ROW_DELETED, "a")
    (found,) = bloom.read(reports.open_reports, HERE, limit=10)
    assert bloom.read(reports.report_in, bloom.scope("bloom"), found.id).subject == "a"
    with pytest.raises(NotFound):
        bloom.read(reports.report_in, bloom.scope("other"), found.id)
    bloom.write(reports.take_note, found.id, NOW)
    with pytest.raises(NotFound):
        bloom.read(reports.report_in, bloom.scope("bloom"), found.id)

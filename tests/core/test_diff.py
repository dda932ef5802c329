"""The diff: what it sends makes the sheet right, and nothing is sent for nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.cells import BLANK, Cell, Form
from service.core.diff import apply, fresh, plan, unknown

KEYS = st.sampled_from(["a", "b", "c", "d"])
CELLS = st.sampled_from([BLANK, Cell(Form.TEXT, "x"), Cell(Form.TEXT, "1"), Cell(Form.NUMBER, "1")])
ROWS = st.dictionaries(KEYS, CELLS)
IMAGES = st.none() | st.dictionaries(KEYS, st.none() | CELLS)


@settings(max_examples=150)
@given(IMAGES, ROWS)
def test_applying_the_plan_to_before_gives_after(before, after):
    result = apply(before, plan(before, after))
    assert {key: cell for key, cell in result.items() if key in after} == after
    assert all(cell == BLANK for key, cell in result.items() if key not in after)


@settings(max_examples=80)
@given(ROWS)
def test_equal_rows_need_no_edit(row):
    assert plan(row, row) == {}


@settings(max_examples=80)
@given(IMAGES, ROWS)
def test_never_more_cells_than_a_full_rewrite_and_none_that_is_right_already(before, after):
    edits = plan(before, after)
    assert set(edits) <= set(before or {}) | set(after)
    assert all((before or {}).get(key) != cell for key, cell in edits.items())


@settings(max_examples=80)
@given(ROWS, st.frozensets(KEYS))
def test_a_cell_of_unknown_outcome_is_always_sent_again(row, keys):
    assert set(plan(unknown(row, keys), row)) == keys & set(row) | (keys - set(row))


@settings(max_examples=80)
@given(IMAGES, ROWS, KEYS)
def test_the_key_cell_is_never_rewritten(before, after, key):
    assert key not in plan(before, after, never=(key,))


@settings(max_examples=60)
@given(ROWS)
def test_a_row_just_inserted_gets_its_content_only(row):
    assert plan(fresh(row), row) == {key: cell for key, cell in row.items() if cell != BLANK}


def test_a_number_is_not_the_text_that_looks_like_it():
    assert plan({"a": Cell(Form.TEXT, "1")}, {"a": Cell(Form.NUMBER, "1")}) == {"a": Cell(Form.NUMBER, "1")}

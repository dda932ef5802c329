"""Every kind of write that the product sends, under the four fates: which test says what becomes of it.

Lost: the answer, after the write was applied. Killed: its sender, after it was sent. Late: it lands a hundred seconds
afterwards. There and back: what it is about changed and changed back meanwhile. A new place from which a write goes out
needs a line here, and the tests that it names.
"""

import ast
from pathlib import Path

import pytest
from flows import sends

HERE = Path(__file__).parent
ROLLED = "roll_off_fates.test_a_write_of_a_roll_off_that_meets_its_fate_loses_nothing"
ROLLED_LOST = "roll_off_kills.test_a_lost_answer_leaves_each_order_in_one_tab"
ROLLED_RACED = "roll_off_kills.test_a_lost_answer_after_a_race_loses_nothing"
ROLLED_KILLED = "roll_off_kills.test_a_process_that_dies_leaves_each_order_in_one_tab"
SHOWN = "roll_off_fates.test_rows_without_a_tab_to_come_back_to_are_shown_once_whatever_becomes_of_the_write"
FAILED = "stream_outcomes.test_a_call_that_fails_leaves_no_double_no_hole_and_nothing_stale"
MOVED_BACK = "stream_outcomes.test_a_deadline_that_moved_and_moved_back_is_right_whatever_call_was_unanswered"
ADOPTED_LOST = "adoption_races.test_an_answer_that_is_lost_costs_only_time"
ADOPTED_KILLED = "adoption_kills.test_a_press_and_its_passes_that_die_are_gone_on_with"
ADOPTED_LATE = "adoption_races.test_a_call_that_lands_late_changes_nothing"
WANTED_AGAIN = "column_fates.test_a_column_that_is_wanted_again_before_it_is_taken_down_late_stands_there"
GIVEN_BACK = "column_fates.test_a_heading_that_was_blanked_by_mistake_comes_back_by_any_fate"
NAMED_AGAIN = "column_fates.test_a_heading_that_is_written_once_more_stands_there_once_by_any_fate"
MARKED = "marking.test_a_mark_whose_answer_is_lost_or_that_comes_late_stands_on_its_column_alone"
MARKED_TOO = "marking.test_a_mark_stands_on_its_column_alone_whatever_became_of_its_sender_or_of_its_column"
PUT_BACK = "column_fates.test_a_column_that_is_put_back_at_a_press_stands_there_once_by_any_fate"
NOTED = "standing.test_a_note_that_the_line_fell_upon_is_its_own_again_whatever_became_of_the_write_that_put_it_back"
CORRECTED = "late_corrections.test_what_a_late_correction_hit_is_right_whatever_became_of_the_write_that_saw_to_it"
SORTED_KEY = "late_corrections.test_a_key_that_was_hit_by_a_sort_comes_back_whatever_became_of_the_write"
CLEARED = "late_corrections.test_a_copy_is_cleared_once_whatever_became_of_the_write"
SUMMED = "summaries.test_a_summary_is_seen_once_and_right_whatever_became_of_a_write"
SUMMED_LATE = "summaries.test_a_summary_whose_answer_is_lost_or_that_comes_late_is_seen_once_and_right"
COSTS = "cost_tabs.test_rows_whose_answer_is_lost_or_that_come_late_stand_once"
SET_UP = "stream_outcomes.test_a_set_up_that_fails_makes_one_tab_with_one_header"

#: Place → the test of each fate: lost, killed, late, there and back.
TOLD: dict[str, tuple[str, str, str, str]] = {
    "writing._send": (
        FAILED,
        "stream_kills.test_a_process_that_dies_while_it_updates_and_inserts_leaves_nothing_wrong",
        "stream_outcomes.test_a_write_that_lands_100_seconds_late_hurts_nothing_for_long",
        MOVED_BACK,
    ),
    "mending._write": (
        FAILED,
        "stream_kills.test_a_process_that_dies_while_it_puts_right_what_a_race_did_leaves_nothing_wrong",
        FAILED,
        MOVED_BACK,
    ),
    "tab_setup._send": (
        SET_UP,
        "stream_kills.test_a_process_that_dies_while_it_sets_up_and_fills_a_sheet_leaves_nothing_wrong",
        SET_UP,
        "stream_outcomes.test_what_went_there_and_back_while_a_set_up_was_on_its_way_is_right",
    ),
    "reshaping._put_in": (
        ADOPTED_LOST,
        ADOPTED_KILLED,
        ADOPTED_LATE,
        "column_fates.test_a_column_that_comes_late_stands_there_as_the_profile_says_by_then",
    ),
    "reshaping._blank": (ADOPTED_LOST, ADOPTED_KILLED, ADOPTED_LATE, WANTED_AGAIN),
    "reshaping._take_out": (
        ADOPTED_LOST,
        ADOPTED_KILLED,
        "column_fates.test_marks_that_are_taken_off_late_are_those_of_the_column_that_went",
        WANTED_AGAIN,
    ),
    "reshaping._give_back": (GIVEN_BACK,) * 4,
    "reshaping._name_again": (NAMED_AGAIN,) * 4,
    "late_heads._give_back": (GIVEN_BACK,) * 4,
    "marking.put_back": (MARKED, MARKED_TOO, MARKED, MARKED_TOO),
    "repairs._add_column": (
        "repairs.test_a_column_pressed_twice_is_added_once",
        PUT_BACK,
        "repairs.test_a_column_that_arrives_late_stands_there_once",
        PUT_BACK,
    ),
    "standing._write 1": (
        "standing.test_an_answer_that_is_lost_leads_to_the_line_standing_there_once",
        "standing.test_a_process_that_dies_at_any_moment_leaves_the_right_words",
        "standing.test_a_line_that_arrives_late_upon_another_heading_is_taken_off_there",
        "standing.test_a_line_that_arrives_late_is_taken_off_again",
    ),
    "standing._write 2": (NOTED,) * 4,
    "corrections.write_key": (
        "repairs.test_a_repair_without_an_answer_may_be_pressed_again",
        "repair_kills.test_a_repair_of_a_key_that_dies_may_be_pressed_again",
        "late_corrections.test_a_key_that_arrives_in_another_row_leaves_it_again",
        "late_corrections.test_a_key_that_she_puts_back_and_clears_again_while_it_comes_late_stands_once",
    ),
    "corrections.clear_copy": (
        CLEARED,
        "repair_kills.test_a_removal_of_a_copy_that_dies_may_be_pressed_again",
        "late_corrections.test_a_copy_that_is_cleared_late_costs_no_other_order_its_row",
        CLEARED,
    ),
    "corrections._give_back": (SORTED_KEY,) * 4,
    "corrections.take_key_away": (CORRECTED,) * 4,
    "corrections.give_key_back": (CORRECTED,) * 4,
    "roll_moves.take_out": (ROLLED_LOST, ROLLED_KILLED, ROLLED_LOST, ROLLED),
    "roll_moves._return 1": (ROLLED_RACED, ROLLED, ROLLED_RACED, ROLLED),
    "roll_moves._return 2": (ROLLED,) * 4,
    "roll_moves._show": (SHOWN,) * 4,
    "roll_moves._delete": (ROLLED_LOST, ROLLED_KILLED, ROLLED_LOST, ROLLED),
    "summaries._is_made": (SUMMED_LATE, SUMMED, SUMMED_LATE, SUMMED),
    "summaries.make 1": (SUMMED,) * 4,
    "summaries.make 2": (SUMMED, SUMMED, SUMMED_LATE, SUMMED),
    "cost_tabs._send": (
        COSTS,
        "cost_tabs.test_press_that_is_cut_off_while_making_is_made_whole_by_the_next",
        COSTS,
        "cost_tabs.test_rows_that_went_and_came_back_while_others_were_on_their_way_stand_once",
    ),
}


def test_every_place_from_which_a_write_goes_out_is_told_of():
    """By its four fates; and no line is left of a place that sends nothing any more."""
    assert set(sends.places()) == TOLD.keys()


@pytest.mark.parametrize("one", [one for one in sends.calls() if one.is_handed], ids=str)
def test_a_function_that_sends_what_it_is_handed_has_one_caller_or_is_no_place(one):
    """Else two kinds of writes would share a line."""
    assert one.door in sends.PASSING_ON or sends.callers(one.door) == 1


def test_every_function_that_passes_on_is_there_and_sends():
    assert {one.door for one in sends.calls() if one.door in sends.PASSING_ON} == sends.PASSING_ON


@pytest.mark.parametrize("place", sorted(TOLD))
def test_the_tests_that_tell_of_a_place_are_there(place):
    assert len(TOLD[place]) == len(sends.FATES)
    missing = [name for name in TOLD[place] if name.partition(".")[2] not in names_in(name.partition(".")[0])]
    assert missing == []


def names_in(module):
    tree = ast.parse((HERE / f"test_{module}.py").read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}

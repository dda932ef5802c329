"""The proof that the test of leaks can fail: planted defects are found, by hand and by the random cases themselves."""

import pytest
from house.canary import plain
from hypothesis import Phase, given, settings
from leaks.cases import CASES, OPENING, Case, Deed, Look, Round, Sheet
from leaks.cases import DEEDS as DRAWN
from leaks.deeds import DEEDS, NOSY
from leaks.defects import (
    believe_every_reader,
    log_rows,
    project_one_column_more,
    remember_rows_in_history,
    show_revenue_in_a_card,
)
from leaks.ground import EVERYBODY
from leaks.play import Figures, LeakError, Play

from service.core.roles import Role

WAREHOUSE = Sheet(audience=3)  # by order, every column that the warehouse sees, every row
TOLD = Case((), (WAREHOUSE,), (Round(changed=7),))
PERSON = {person.role: at for at, person in enumerate(EVERYBODY)}
#: The stranger of `share`: after those who may be moved.
AFTER_THE_MOVERS = 7


def play(ground, case, **defect):
    Play(ground, case, Figures(), **defect).perform()


def test_the_case_itself_is_clean(ground):
    """So what is found below is the defect."""
    play(ground, TOLD)


@pytest.mark.parametrize(
    ("key", "role", "value"),
    [("order_total", Role.OWNER, "REVENUE: total_amount"), ("recipient", Role.SUPPORT, "PII: recipient")],
)
def test_a_projection_that_shows_one_forbidden_column_is_found(ground, key, role, value):
    with pytest.raises(LeakError, match=rf"{value}.* was written for warehouse, who may not see it"):
        play(ground, TOLD, flush=project_one_column_more(key, role))


def test_a_card_that_shows_a_margin_is_found(ground):
    case = Case((), (WAREHOUSE,), (Round(looks=(Look(PERSON["warehouse"], action="help"),)),))
    with pytest.raises(LeakError, match=r"sam@packright.example was shown REVENUE: total_amount.* by help"):
        play(show_revenue_in_a_card(ground), case)


def test_the_same_card_is_fine_for_whom_it_is(ground):
    looks = (Look(PERSON["finance"], action="help"),)
    play(show_revenue_in_a_card(ground), Case((), (WAREHOUSE,), (Round(looks=looks),)))


def test_a_reader_whom_the_product_misses_is_found(ground):
    shared = Round((Deed("share", AFTER_THE_MOVERS, 0),), wait_s=61)
    with pytest.raises(LeakError, match=f"was written while {NOSY} could open the file"):
        play(ground, Case((), (WAREHOUSE,), (shared, Round())), flush=believe_every_reader)


def test_the_product_does_not_miss_that_reader(ground):
    shared = Round((Deed("share", AFTER_THE_MOVERS, 0),), wait_s=61)
    play(ground, Case((), (WAREHOUSE,), (shared, Round())))


@pytest.mark.parametrize(("defect", "where"), [(log_rows, "log"), (remember_rows_in_history, "history")])
def test_a_value_where_nobody_should_read_it_is_found(ground, defect, where):
    with pytest.raises(LeakError, match=rf"PII: .* is in the {where}"):
        play(ground, TOLD, flush=defect)


def test_the_random_cases_find_a_forbidden_column_by_themselves(ground, chosen):
    @settings(chosen, max_examples=40, phases=(Phase.generate,))
    @given(case=CASES)
    def hold(case):
        play(ground, case, flush=project_one_column_more("buyer_email", Role.SUPPORT))

    with pytest.raises(LeakError, match="PII: email"):
        hold()


def test_every_deed_of_the_cases_is_known():
    assert {*DRAWN, *OPENING} == set(DEEDS)


def test_the_quick_hunt_finds_each_value_in_each_way_it_is_written(ground):
    every = sorted(ground.hunter.all, key=lambda one: one.name)
    assert len(every) > 1000
    for one in every:
        for form in one.canary.forms:
            assert one in ground.hunter.find(f"<b>{form.upper()}</b>"), form


def test_the_quick_hunt_finds_what_the_thorough_one_finds(ground):
    """Nothing else, either: what only looks like a value is none for both."""
    every = sorted(ground.hunter.all, key=lambda one: one.name)
    for at in range(0, len(every), 20):
        near, far = every[at].canary.forms, every[at - 1].canary.forms
        text = f"{near[0]}, {near[-1]}1 a{far[0]} £{far[-1]}. {near[0]}"
        assert set(ground.hunter.find(text)) == {one for one in every if one.canary.is_in(plain(text))}, text


@pytest.mark.parametrize(
    "written",
    [
        '{"addSheet": {"properties": {"sheetId": 38143, "title": "Orders"}}}',
        '{"metadataId":38143}',
        '[[38143, "rowstream.column", "b:status", "DOCUMENT", 38143]]',
        '{"sheet_id": 38143}',
        "/edit#gid=38143",
    ],
)
def test_what_a_tab_or_a_column_is_called_is_not_an_amount(ground, written):
    assert ground.hunter.find(written) == []
    assert ground.hunter.find(f"{written} 38143")


@pytest.mark.parametrize("written", ['{"stringValue": "38143"}', '{"numberValue": 381.43}', '{"total_id": 38143}'])
def test_an_amount_is_found_beside_what_a_tab_is_called(ground, written):
    assert ground.hunter.find(f'{{"sheetId": 38143}}, {written}')

"""A hunt finds a forbidden value in whatever way it is written, and takes nothing else for one."""

from dataclasses import replace
from datetime import UTC
from decimal import Decimal

import pytest
from core.made_orders import BUYER, NOW, SHOP, make_line, make_order, make_payment
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from service.core.currencies import amount, money
from service.core.hunting import headings
from service.core.hunting.amounts import Scale, figures, is_amount
from service.core.hunting.forbidden import Rowed, secrets_of
from service.core.hunting.hunt import Hunt, SeenCell, Tab
from service.core.hunting.places import Hidden, Part, Place, Sign, a1_of
from service.core.hunting.texts import Sieve, hits, letters_needle, number_needle, phone_needle
from service.core.roles import Audience, Role, Switch
from service.core.rows import NO_NOTES, Grain, NoteSet, row_sources

WAREHOUSE = Audience(Role.WAREHOUSE)
ANYWHERE = Place(7, Part.CELL, "B3")

words = st.text(st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=0x24F), min_size=3, max_size=10)
noise = st.text(st.sampled_from(" .,-_/()'\u00a0\n"), max_size=3)


def sieve_of(*needles):
    sieve = Sieve(len(needles))
    for needle in needles:
        sieve.add(needle)
    return sieve


def finds(needle, text):
    return any(hit.is_of(needle) for hit in hits(text, sieve_of(needle)))


def order(**changes):
    return make_order(recipient=BUYER, **changes)


def caught(text, audience=WAREHOUSE, *, notes=NO_NOTES, one=None):
    """Columns whose values were found in this text, anywhere in the file."""
    one = one or order()
    secrets = secrets_of(one, notes, audience)
    hunt = Hunt(audience)
    hunt.look(text, ANYWHERE, sieve_of(*(secret.needle for secret in secrets)))
    hunt.settle((one.order_id, secret) for secret in secrets)
    return {finding.column for finding in hunt.finish()}


def beside(one=None, audience=WAREHOUSE, *, notes=NO_NOTES):
    one = one or order()
    rows = [row for grain in Grain for row in row_sources(one, grain, shop=SHOP, now=NOW, notes=notes)]
    return Rowed(audience, where=UTC).beside(rows)


def cell(text="", *, number=None, row=4, column=2, extras=()):
    return SeenCell(row, column, (text,) if text else (), None if number is None else Decimal(number), tuple(extras))


def row_caught(*cells, one=None, audience=WAREHOUSE, notes=NO_NOTES):
    """Sign and column of what was found in one row that holds the order's key."""
    hunt = Hunt(audience)
    hunt.look_at_row(Tab(7), cells, [beside(one, audience, notes=notes)], Sieve(1), hidden=Hidden.NO)
    return {(finding.sign, finding.column) for finding in hunt.finish()}


# --- texts -----------------------------------------------------------------------------------------------------------


@given(st.lists(words, min_size=2, max_size=4), noise, noise, st.data())
def test_value_is_found_in_every_way_of_writing(parts, before, after, data):
    """Case, accents' form, and whatever stands between its words and around it hide nothing."""
    needle = letters_needle(" ".join(parts))
    if needle is None:
        return
    glue = data.draw(noise)
    written = glue.join(data.draw(st.sampled_from([part, part.upper(), part.lower()])) for part in parts)
    assert finds(needle, f"Pick up {before or ' '}{written}{after or ' '}by noon")


@given(st.lists(words, min_size=1, max_size=3), st.text(max_size=60))
def test_text_without_the_value_is_not_taken_for_it(parts, text):
    """What is found is there: the letters of the one are among the letters of the other."""
    from service.core.hunting.texts import squeeze

    needle = letters_needle(" ".join(parts))
    if needle is not None and finds(needle, text):
        assert needle.text in squeeze(text).letters


def test_short_value_is_found_as_whole_words_only():
    needle = letters_needle("Marina")
    assert finds(needle, "for MARINA, today")
    assert not finds(needle, "marinade sauce")


@pytest.mark.parametrize("written", ["王小明", "给王小明的包裹", "王 小 明"])
def test_name_of_three_letters_is_one_in_east_asia(written):
    assert finds(letters_needle("王小明"), written)


@pytest.mark.parametrize(
    "written", ["(+44)7700900123", "07700 900123", "+44 7700-900-123", "call 0044.7700.900123 first", "2 07700900123"]
)
def test_phone_is_found_however_it_is_dialled(written):
    assert finds(phone_needle("(+44)7700900123"), written)


@pytest.mark.parametrize("written", ["576407700900123999", "7700900124", "H007700900123456"])
def test_other_number_is_no_phone(written):
    assert not finds(phone_needle("(+44)7700900123"), written)


def test_id_is_found_as_the_whole_number_only():
    needle = number_needle("576400000000000011")
    assert finds(needle, "see 576400000000000011-1729")
    assert not finds(needle, "5764000000000000112")


# --- what is forbidden -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("for paula canary", "recipient"),
        ("Canary, Paula", "recipient"),
        ("tel 07000 000001", "phone"),
        ("goes to 1 CANARY road", "address"),
        ("CN12AR", "postcode"),
        ("canary@relay.example", "buyer_email"),
        ("id 7494000000000000001", "buyer_user_id"),
        ("Canary_Tax", "tax_id"),
        ("Paula_Canary_1", "recipient"),
    ],
)
def test_personal_value_is_found_anywhere(text, column):
    assert column in caught(text)


def test_nothing_personal_is_hunted_where_it_may_be_seen():
    assert caught("Paula Canary, (+44)7000000001", Audience(Role.SUPPORT)) == set()
    assert caught("Paula Canary", Audience(Role.WAREHOUSE, frozenset({Switch.WAREHOUSE_PII}))) == set()


def test_masked_value_tells_nobody_anything():
    hidden = structs.replace(BUYER, name="Pa*** Ca****", address="1 *******", phone="(+44)***-***-0001")
    assert caught("Pa*** Ca****, 1 *******", one=make_order(recipient=hidden)) == set()


def test_one_common_word_is_no_name_elsewhere():
    """It is hunted beside its order's key only: a shop may well be called so."""
    one = make_order(recipient=structs.replace(BUYER, name="Jordan"))
    assert caught("Jordan shoes", one=one) == set()
    assert (Sign.VALUE, "recipient") in row_caught(cell("Jordan"), one=one)


def test_order_number_is_found_where_only_masked_ones_may_be_shown():
    one = order()
    client = Audience(Role.CLIENT)
    assert "order_id" in caught(f"ask about {one.order_id}", client)
    assert caught(f"ask about {one.order_id}") == set()


def test_order_number_is_found_after_a_sheet_took_it_for_a_number():
    """Typed by hand it becomes a number of fifteen digits and zeros."""
    one, client = order(), Audience(Role.CLIENT)
    secrets = secrets_of(one, NO_NOTES, client)
    hunt = Hunt(client)
    kept = Decimal(one.order_id[:15] + "0" * (len(one.order_id) - 15))
    sieve = sieve_of(*(secret.needle for secret in secrets))
    hunt.look_at_row(Tab(7), [cell("5.764E+17", number=kept)], [], sieve, hidden=Hidden.NO)
    hunt.settle((one.order_id, secret) for secret in secrets)
    assert {finding.column for finding in hunt.finish()} == {"order_id"}


def test_internal_note_is_hunted_for_outsiders_and_a_shared_one_is_not():
    notes = NoteSet(note="Refund him before Friday")
    assert caught("refund him before friday", notes=notes) == {"note"}
    assert caught("refund him before friday", notes=replace(notes, shared=True)) == set()
    assert caught("refund him before friday", Audience(Role.SUPPORT), notes=notes) == set()


# --- amounts ---------------------------------------------------------------------------------------------------------


@given(st.integers(1, 10**9), st.sampled_from(["GBP", "VND"]), st.sampled_from(["{}", "£{}", "{} GBP", "costs {} now"]))
def test_amount_is_found_in_every_way_of_writing(minor, currency, frame):
    """English and continental marks, with and without a sign, in a sentence or alone."""
    value = amount(money(str(minor), currency) if currency == "VND" else money(f"{minor / 100:.2f}", currency))
    decimals = 0 if currency == "VND" else 2
    english = f"{value:,.{decimals}f}"
    continental = english.translate(str.maketrans(",.", ".,"))
    for written in {
        english,
        continental,
        english.replace(",", ""),
        english.replace(",", "\u00a0"),
        f"{value:.{decimals}f}",
    }:
        found = figures([frame.format(written)], None)
        assert any(is_amount(figure, value, decimals) for figure in found), written


@given(st.decimals(1, 10**7, places=2), st.decimals(1, 10**7, places=2))
def test_other_amount_is_not_taken_for_it(value, other):
    """To the minor unit: a figure is the amount or its minor units, and nothing near it."""
    (figure,) = figures([], other)
    assert is_amount(figure, value, 2) == (other in {value, value * 100})


@pytest.mark.parametrize(
    "one", [cell(number="20.00"), cell("20,00"), cell("£20"), cell("$ 20.00"), cell("2000"), cell("paid 20.00 GBP")]
)
def test_amount_of_the_rows_own_order_is_found(one):
    assert (Sign.BESIDE, "revenue") in row_caught(one)


@pytest.mark.parametrize("one", [cell("20%"), cell("20.01"), cell("12.20.00"), cell("20kg"), cell("on 20/00")])
def test_other_figure_is_none(one):
    assert row_caught(one) == set()


def test_lone_short_figure_counts_and_one_among_many_does_not():
    """A column of weights meets an amount by chance now and then; a column of amounts meets it in every row."""
    assert (Sign.BESIDE, "revenue") in row_caught(cell(number="20"))
    hunt = Hunt(WAREHOUSE)
    for row in range(10):
        hunt.look_at_row(
            Tab(7), [cell(number="20" if row == 3 else "7", row=row)], [beside()], Sieve(1), hidden=Hidden.NO
        )
    assert hunt.finish() == []


def test_figure_that_may_be_seen_in_another_column_is_none():
    """Two units for two pounds: the sheet's own count of units is no amount."""
    lines = (make_line(1, price="1.00"), make_line(2, price="1.00"))
    one = make_order(lines=lines, payment=make_payment(total="2.00", items_gross="2.00", items_net="2.00"))
    assert row_caught(cell(number="2"), one=one) == set()


def test_note_that_tells_an_amount_is_found_as_a_note():
    hunt = Hunt(WAREHOUSE)
    noted = cell("ready", extras=[(Part.NOTE, "sold for £20.00")])
    hunt.look_at_row(Tab(7), [noted], [beside()], Sieve(1), hidden=Hidden.NO)
    assert {finding.part for finding in hunt.finish()} == {Part.NOTE}


@given(st.integers(0, 400), st.integers(0, 400))
def test_scale_weighs_a_column_by_its_own_rows(own, others):
    scale = Scale(rows=own + others)
    for _ in range(own):
        scale.note(("A1", "", "revenue"))
    assert scale.is_leak == (own > 0 and 5 * own >= own + others)
    assert Scale.from_json(scale.to_json()) == scale


# --- headings and what follows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading", ["Cost", "COGS", "cost (GBP)", "Unit cost", "Margin %", "Net profit", "Revenue", "Fees"]
)
def test_heading_names_a_figure(heading):
    assert headings.named_by(heading)


@pytest.mark.parametrize("heading", ["Costa Coffee", "Status", "Shipping", "Note", "Weight", "", "x" * 500])
def test_other_heading_names_none(heading):
    assert headings.named_by(heading) == ""


def under_heading(*headed, audience=WAREHOUSE, own=None):
    """A tab whose columns have these headings, with one figure below each."""
    hunt = Hunt(audience)
    tab = Tab(7, own=own or {})
    tops = [cell(text, row=0, column=at) for at, text in enumerate(headed)]
    below = [cell(number="0.37", row=5, column=at) for at, _ in enumerate(headed)]
    for cells in (tops, below):
        hunt.look_at_row(tab, cells, [], Sieve(1), hidden=Hidden.NO)
    return {(finding.sign, finding.column) for finding in hunt.finish()}


def test_figures_below_a_forbidden_word_are_found_though_we_do_not_hold_them():
    assert under_heading("Cost") == {(Sign.HEADING, "pool_cogs")}
    assert under_heading("Cost", audience=Audience(Role.FINANCE)) == set()


def test_heading_without_figures_is_only_a_word():
    hunt = Hunt(WAREHOUSE)
    hunt.look_at_row(Tab(7), [cell("Cost", row=0)], [], Sieve(1), hidden=Hidden.NO)
    hunt.look_at_row(Tab(7), [cell("ask Sam", row=1)], [], Sieve(1), hidden=Hidden.NO)
    assert hunt.finish() == []


def test_margin_beside_revenue_tells_the_profit():
    """The accountant sees revenue; a margin typed beside it is forbidden itself and tells what is forbidden, too."""
    found = under_heading("Turnover", "Margin", audience=Audience(Role.ACCOUNTANT), own={"turnover": "revenue"})
    assert {(Sign.HEADING, "margin"), (Sign.TOLD, "net_profit")} <= found


def test_heading_of_a_column_of_ours_is_taken_as_ours():
    """A profile may call any column "Fees": what it holds is known."""
    assert under_heading("Fees", own={"fees": "qty"}) == set()


# --- the state -------------------------------------------------------------------------------------------------------


def test_hunt_goes_on_from_what_it_wrote_down():
    """Findings, columns being weighed and headings survive; nothing that was read does."""
    whole, first = Hunt(WAREHOUSE), Hunt(WAREHOUSE)
    top = [cell("Cost", row=0), cell("Paula's parcel", row=0, column=3)]
    low = [cell(number="20", row=2), cell('=IMPORTRANGE("x", "A1")', row=2, column=3)]
    for hunt in (whole, first):
        hunt.look_at_row(Tab(7), top, [beside()], Sieve(1), hidden=Hidden.NO)
    kept = first.to_json()
    assert "Paula" not in str(kept)
    second = Hunt.from_json(WAREHOUSE, kept)
    for hunt in (whole, second):
        hunt.look_at_row(Tab(7), low, [beside()], Sieve(1), hidden=Hidden.NO)
    assert second.finish() == whole.finish() != []
    assert second.unread == whole.unread == [{"why": "import", "sheet_id": 7, "a1": "D3", "count": 1}]


def test_finding_keeps_two_characters_of_the_value_and_the_end_of_the_order():
    one = order()
    secrets = secrets_of(one, NO_NOTES, WAREHOUSE)
    hunt = Hunt(WAREHOUSE)
    hunt.look("Paula Canary", ANYWHERE, sieve_of(*(secret.needle for secret in secrets)))
    hunt.settle((one.order_id, secret) for secret in secrets)
    (finding,) = hunt.finish()
    assert finding.places == [("B3", one.order_id[-6:], "pa")]


@given(st.integers(0, 5_000), st.integers(0, 20_000))
def test_address_of_a_cell_counts_columns_in_letters(row, column):
    letters = a1_of(row, column).rstrip("0123456789")
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    assert (number - 1, int(a1_of(row, column)[len(letters) :]) - 1) == (column, row)


def test_number_of_a_parcel_that_is_like_anothers_phone_is_none():
    """It is what the warehouse may see of the row's own order; a note with the same digits is a find."""
    number = "7000000001"  # the end of the buyer's phone
    one = order(tracking=number, provider="DHL", lines=())
    secrets = secrets_of(order(order_id="576400000000000099"), NO_NOTES, WAREHOUSE)
    sieve = sieve_of(*(secret.needle for secret in secrets))
    found = []
    for text in (number, f"ring {number}"):
        hunt = Hunt(WAREHOUSE)
        hunt.look_at_row(Tab(7), [cell(text)], [beside(one)], sieve, hidden=Hidden.NO)
        hunt.settle(("576400000000000099", secret) for secret in secrets)
        found.append({finding.column for finding in hunt.finish()})
    assert found == [set(), {"phone"}]


@pytest.mark.parametrize(("text", "is_it"), [("1700900123", False), ("9700900123", False), ("700900123", True)])
def test_number_that_ends_alike_is_no_phone(text, is_it):
    assert finds(phone_needle("(+44)7700900123"), text) is is_it

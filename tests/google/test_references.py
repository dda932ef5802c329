"""Formulas read after columns moved as Google would make them read, and nothing else in them changes."""

import pytest

from service.google.references import moved_formula, shape_of

#: Columns: one put in at C, F gone; rows: two put in at the 10th.
COLUMNS = {0: 0, 1: 1, 2: 3, 3: 4, 4: 5, 6: 6, 7: 7}


def columns(first, last):
    there = [COLUMNS.get(at, at) for at in range(first, last + 1) if at != 5]
    return (min(there), max(there)) if there else None


def rows(first, last):
    return first + 2 * (first >= 9), last + 2 * (last >= 9)


CASES = {
    "=A1": "=A1",
    "=C2+d3": "=D2+E3",
    "=$C2*C$2*$C$2": "=$D2*D$2*$D$2",
    "=SUM(B2:D4)": "=SUM(B2:E4)",
    "=SUM($C:$C, E:E)": "=SUM($D:$D, F:F)",
    "=COUNTA(C2:C)": "=COUNTA(D2:D)",
    "=SUM(2:12)": "=SUM(2:14)",
    "=A9&A10": "=A9&A12",
    "=F3+1": "=#REF!+1",
    "=SUM(E1:G1)": "=SUM(F1:G1)",
    "=SUM(F:F)": "=SUM(#REF!)",
    '="C2"&C2': '="C2"&D2',
    '="say ""C2"" "&C2': '="say ""C2"" "&D2',
    "=Other!C2+'My tab'!C2": "=Other!C2+'My tab'!D2",
    "='It''s'!C2&C2": "='It''s'!C2&D2",
    "=LOG10(C2)+C2_total+Total.C2": "=LOG10(D2)+C2_total+Total.C2",
    "=IF(C2>1.5E3,C2,LOG10 (4))": "=IF(D2>1.5E3,D2,LOG10 (4))",
    "={C2,D2;1,2}": "={D2,E2;1,2}",
    "=D4:B2": "=E4:B2",
    "=Länge!C2&C2": "=Länge!C2&D2",
}


@pytest.mark.parametrize("formula", CASES)
def test_references_follow_their_columns_and_rows(formula):
    assert moved_formula(formula, title="My tab", columns=columns, rows=rows) == CASES[formula]


@pytest.mark.parametrize("formula", CASES)
def test_nothing_changes_when_nothing_moved(formula):
    def here(first, last):
        return first, last

    assert moved_formula(formula, title="My tab", columns=here, rows=here) == formula.replace("d3", "D3")


@pytest.mark.parametrize(
    "reads",
    ['=IF(ISNUMBER(H2),H2-NOW(),"")', '=if(isnumber($AB17); $AB17 - now(); "")', '=IF(ISNUMBER(#REF!),#REF!-NOW(),"")'],
)
def test_the_shape_of_a_formula_is_the_same_wherever_it_stands(reads):
    assert shape_of(reads) == shape_of('=IF(ISNUMBER({sla_due});{sla_due}-NOW();"")')


@pytest.mark.parametrize("other", ['=COUNTA(H2:H9)&"«1»"', '=IF(ISNUMBER(H2),H2-NOW(),"H2")', "=H2-NOW()"])
def test_other_formulas_have_other_shapes(other):
    assert shape_of(other) != shape_of('=IF(ISNUMBER({sla_due});{sla_due}-NOW();"")')

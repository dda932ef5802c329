"""Random accounts, roles, profiles, filters, shares and changes of rights beside running flushes: nobody is told what
they may not know, in no sheet, card, download, log line, metric, job or history.
"""

import pytest
from hypothesis import given, settings
from leaks.cases import CASES, DEEDS, QUICK
from leaks.law import OF_CANARIES
from leaks.play import Play


@pytest.mark.timeout(7200)  # the night plays many times as many
def test_nobody_is_told_what_they_may_not_know(ground, figures, chosen, many):
    @settings(chosen, max_examples=many)
    @given(case=CASES)
    def hold(case):
        Play(ground, case, figures).perform()

    hold()
    assert figures.cases >= many
    assert_it_means_something(figures)


def assert_it_means_something(figures):
    """Silence about a group says nothing unless it was told to somebody; nor does a deed that never met a flush."""
    assert set(OF_CANARIES) <= set(figures.written)
    assert set(OF_CANARIES) <= set(figures.shown)
    assert set(QUICK) <= {name for name, times in figures.inside.items() if times}
    assert set(DEEDS) <= set(figures.deeds)
    assert {"", "leak", "unlisted"} <= set(figures.paused)

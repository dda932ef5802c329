"""Schedules that once broke a word, each shrunk to its story: all of them hold, in every run.

The numbers choose rows, columns and texts, as in any schedule. `python -m tests.stateful` finds and shrinks new ones.
"""

import pytest
from stateful.deeds import Deed
from stateful.play import Play
from stateful.schedules import Round, Schedule, Trade, Weather

STORIES = {
    "a repair that a protection forbids is done once she lifts it": Schedule(
        "columns beside theirs",
        (
            Round(
                trades=(Trade("ship"),),
                inside=((0, Deed("insert columns", 6, 7, 2)), (4, Deed("protect", 28, 24, 9, 1))),
            ),
        ),
    ),
    "rows deleted before a write whose lease was lost are reported": Schedule(
        "two tabs",
        (
            Round(trades=(Trade("ship"),)),
            Round(trades=(Trade("ship", 0, 8),), weather=Weather("lease"), wait_s=200),
            Round(),
            Round(trades=(Trade("ship", 6, 8),), deeds=(Deed("delete rows", 13, 21, 7),), weather=Weather("lease")),
        ),
    ),
    "a total in a cell of ours is named though a write with a formula of ours is open": Schedule(
        "one tab",
        (
            Round(trades=(Trade("place"),)),
            Round(trades=(Trade("vanish"),), deeds=(Deed("cut grid"),), weather=Weather("fault", "unavailable_before")),
            Round(deeds=(Deed("total", 0, 0, 0, 1), Deed("insert rows"))),
        ),
    ),
    "what a late write made blank in a row of hers is named, and not only what it filled": Schedule(
        "columns beside theirs",
        (
            Round(trades=(Trade("place", 1),)),
            Round(trades=(Trade("cancel"),), deeds=(Deed("total"),), weather=Weather("late", number=170)),
            Round(deeds=(Deed("own row", 14, 0, 8, 1),)),
        ),
    ),
    "a row whose key a write hit is known by one cell though its column moved on between two reads": Schedule(
        "two tabs",
        (
            Round(trades=(Trade("place"),)),
            Round(
                trades=(Trade("ship"),),
                deeds=(Deed("rename tab", 0, 0, 0, 1),),
                inside=((2, Deed("move column", 27, 0, 25, 1)),),
                weather=Weather("fault", "bad_gateway_after"),
            ),
            Round(trades=(Trade("deliver"),), inside=((2, Deed("move column", 27, 0, 25, 1)),)),
        ),
    ),
    "a row whose key a late note hit is known though she has cleared some of it": Schedule(
        "one tab",
        (
            Round(trades=(Trade("ship"),)),
            Round(trades=(Trade("note"),), weather=Weather("late", number=100)),
            Round(
                trades=(Trade("place", 2, 8),),
                deeds=(Deed("delete column", 26, 16, 11, 1),),
                inside=((2, Deed("clear", 2, 9, 7, 1)),),
                wait_s=61,
            ),
            Round(trades=(Trade("place", 23, 18),), weather=Weather("lease"), wait_s=61),
        ),
    ),
    "a new row that a late write fell upon, and that was read before, names nothing": Schedule(
        "one tab",
        (
            Round(trades=(Trade("place", 1),)),
            Round(
                trades=(Trade("vanish"),), deeds=(Deed("delete rows", 0, 0, 0, 1),), weather=Weather("late", number=100)
            ),
            Round(trades=(Trade("ship", 1),), weather=Weather("late", number=170)),
        ),
    ),
    "a row that another late write pushed under this one may be named": Schedule(
        "one tab",
        (
            Round(trades=(Trade("place"), Trade("place", 1))),
            Round(
                trades=(Trade("vanish"),),
                deeds=(Deed("delete rows", 0, 0, 0, 1),),
                weather=Weather("late", number=100),
                wait_s=5,
            ),
            Round(trades=(Trade("ship", 14),), weather=Weather("late", number=170)),
        ),
    ),
    "a blank row that shows what was sent to another is not taken for that one": Schedule(
        "masked",
        (
            Round(trades=(Trade("place", 1),)),
            Round(trades=(Trade("ship"), Trade("cancel", 1)), weather=Weather("late", number=100), wait_s=5),
            Round(deeds=(Deed("insert rows", 0, 0, 0, 1),)),
        ),
    ),
    "two late writes and a row put in between name nothing twice": Schedule(
        "one tab",
        (
            Round(trades=(Trade("cancel"),)),
            Round(trades=(Trade("note"), Trade("place")), weather=Weather("late", number=20)),
            Round(
                trades=(Trade("place"),), deeds=(Deed("insert rows", 0, 0, 0, 1),), weather=Weather("late", number=100)
            ),
        ),
    ),
    "rows without their keys are known where she dragged them": Schedule(
        "one tab",
        (
            Round(trades=(Trade("place", 0, 8),)),
            Round(trades=(Trade("retrack"),), weather=Weather("late", number=170), wait_s=200),
            Round(deeds=(Deed("delete column"), Deed("clear", 0, 28, 22)), weather=Weather("kill", number=5)),
            Round(deeds=(Deed("move row", 4, 23, 11, 1),)),
        ),
    ),
    "a row without its key that she dragged is no row of hers": Schedule(
        "one tab",
        (
            Round(trades=(Trade("place", 8),)),
            Round(trades=(Trade("note", 1, 1),), weather=Weather("late", number=170), wait_s=200),
            Round(
                deeds=(Deed("delete column", 0, 17, 4), Deed("clear", 17, 28, 22)), weather=Weather("kill", number=5)
            ),
            Round(deeds=(Deed("move row", 4, 23, 11, 1),)),
        ),
    ),
    "a dragged row is known though she cleared a cell of it": Schedule(
        "one tab",
        (
            Round(trades=(Trade("place", 0, 8),)),
            Round(trades=(Trade("note", 0, 1),), weather=Weather("late", number=170), wait_s=200),
            Round(deeds=(Deed("delete column"), Deed("clear", 0, 28, 1)), weather=Weather("kill", number=5)),
            Round(deeds=(Deed("move row", 0, 2, 0, 1),)),
        ),
    ),
    "a new row whose key fell beside its column is not taken for a missed one": Schedule(
        "columns beside theirs",
        (
            Round(trades=(Trade("place"),)),
            Round(
                trades=(Trade("note"), Trade("retrack")),
                inside=((2, Deed("move column", 11, 18, 18)),),
                weather=Weather("lease"),
            ),
            Round(wait_s=61),
            Round(
                trades=(Trade("cancel"), Trade("place")),
                inside=((2, Deed("move column", 11, 18, 18)),),
                weather=Weather("lease"),
            ),
        ),
    ),
    "a text beside the cells that another row's write fell into is named": Schedule(
        "columns beside theirs",
        (
            Round(trades=(Trade("place", 1),)),
            Round(trades=(Trade("vanish"),), deeds=(Deed("copy row", 0, 0, 0, 1),)),
            Round(trades=(Trade("vanish", 1),)),
            Round(trades=(Trade("place", 0, 1),), weather=Weather("late", number=170)),
            Round(
                trades=(Trade("cancel", 16, 20), Trade("place", 19, 21)),
                deeds=(Deed("type over", 19, 28, 10, 1),),
                inside=((0, Deed("own row", 15, 7, 13, 1)),),
                weather=Weather("lease"),
            ),
        ),
    ),
    "a total typed under two late writes is named": Schedule(
        "one tab",
        (
            Round(trades=(Trade("place", 17, 8),)),
            Round(
                trades=(Trade("place", 8, 28),),
                deeds=(Deed("insert rows", 28, 21, 10),),
                inside=((0, Deed("move column", 18, 23, 0, 1)),),
                weather=Weather("late", number=20),
                wait_s=30,
            ),
            Round(
                deeds=(Deed("insert rows", 28, 29, 1, 1),),
                inside=((3, Deed("total", 7, 29, 23, 1)),),
                weather=Weather("late", number=170),
            ),
            Round(deeds=(Deed("insert rows", 28, 29, 1, 1),)),
            Round(
                trades=(Trade("ship", 26, 8),),
                deeds=(Deed("rename header", 27, 28, 25, 1),),
                inside=((1, Deed("move row", 15, 10, 15, 1)), (3, Deed("delete rows", 21, 6, 4, 1))),
                weather=Weather("lease"),
                wait_s=30,
            ),
        ),
        row_metadata_follows_sort=True,
    ),
    "a text copied with its row and named there is named when the rows above it leave": Schedule(
        "a tab and its archive",
        (
            Round(trades=(Trade("place", 1),)),
            Round(deeds=(Deed("type over", 1, 1),)),
            Round(
                trades=(Trade("retrack", 1),),
                inside=((2, Deed("copy row", 13, 17, 27)),),
                weather=Weather("late", number=100),
            ),
            Round(trades=(Trade("deliver"), Trade("months"))),
        ),
    ),
    "a text typed into one of two copies under an answered write is named": Schedule(
        "one tab",
        (
            Round(trades=(Trade("place", 1),)),
            Round(trades=(Trade("note", 1),), weather=Weather("late", number=170)),
            Round(trades=(Trade("ship"),), deeds=(Deed("copy row", 1, 1),), inside=((0, Deed("type over", 1, 0, 8)),)),
        ),
    ),
    "what fell into a new column goes though she took out another of those that she put in": Schedule(
        "one tab",
        (
            Round(trades=(Trade("place"),)),
            Round(
                trades=(Trade("cancel"),),
                deeds=(Deed("delete column", 0, 0, 0, 1),),
                inside=((0, Deed("insert columns", 26, 9, 15, 1)),),
                weather=Weather("lease"),
            ),
            Round(deeds=(Deed("delete column", 26, 0, 0, 1),)),
        ),
    ),
    "what fell into her row is named though the order's own row is back in its place": Schedule(
        "columns beside theirs",
        (
            Round(trades=(Trade("place"),)),
            Round(trades=(Trade("retrack"),), weather=Weather("late", number=170)),
            Round(deeds=(Deed("own row"),), wait_s=200),
            Round(deeds=(Deed("delete rows", 0, 0, 0, 1),)),
        ),
    ),
    "a copy of a row whose key she typed over is nobody's row when a late write falls upon it": Schedule(
        "one tab",
        (
            Round(
                trades=(Trade("retrack", 2),), deeds=(Deed("type over"),), inside=((0, Deed("copy row", 0, 19, 27)),)
            ),
            Round(
                trades=(Trade("cancel", 2),),
                inside=((0, Deed("copy row", 27, 18)), (1, Deed("type over", 3, 13, 18))),
                weather=Weather("late", number=170),
            ),
        ),
    ),
    "a write that comes late into the blank place of a deleted row is named there": Schedule(
        "two tabs",
        (
            Round(trades=(Trade("place"),)),
            Round(
                trades=(Trade("ship"),),
                inside=((0, Deed("delete rows", 6, 0, 16, 1)),),
                weather=Weather("late", number=100),
            ),
        ),
    ),
    "a write that comes late into her row, where a deleted one stood, is named there": Schedule(
        "two tabs",
        (
            Round(trades=(Trade("place", 1),)),
            Round(trades=(Trade("place", 14),)),
            Round(
                trades=(Trade("ship"),),
                deeds=(Deed("own row", 1, 1, 0, 1),),
                inside=((0, Deed("delete rows", 6, 0, 16, 1)),),
                weather=Weather("late", number=100),
            ),
        ),
    ),
    "what fell into her row beside words of hers is named though the order's own row is back in its place": Schedule(
        "masked",
        (
            Round(trades=(Trade("place", 8),)),
            Round(
                trades=(Trade("ship", 8),),
                inside=((0, Deed("own row", 2, 6, 19, 1)),),
                weather=Weather("late", number=170),
                wait_s=200,
            ),
            Round(deeds=(Deed("delete rows"),)),
        ),
    ),
    "what fell into a row of hers that she deletes before the write is over is nobody's loss": Schedule(
        "masked",
        (
            Round(trades=(Trade("place"),)),
            Round(
                trades=(Trade("ship"),),
                inside=((0, Deed("own row", 2, 6, 19, 1)),),
                weather=Weather("late", number=170),
                wait_s=200,
            ),
            Round(deeds=(Deed("delete rows"),)),
        ),
    ),
}


@pytest.mark.parametrize("schedule", STORIES.values(), ids=STORIES.keys())
def test_a_story_that_broke_a_word_once_holds(ground, figures, schedule):
    Play(ground, schedule, figures).perform()

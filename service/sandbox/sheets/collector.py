"""Python's garbage collector, held off while one call is at work. Nothing here knows what the call does.

A large call makes a hundred thousand small objects that are all in use until its end, and a round of the collector for
every few hundred of them finds nothing: measured, these rounds took longer than reading, writing and answering.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_off() -> Iterator[None]:
    """No rounds inside. Of several calls at once the first lets them start again: a round too many does no harm."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()

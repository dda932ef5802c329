"""Sheets and Drive emulator: Google's REST surface over state kept in this process.

The only door is `create_emulator`. Nothing here shares code with the product's own clients.
"""

from service.sandbox.sheets.emulator import Emulator, create_emulator
from service.sandbox.sheets.manual import MANUAL, NOT_IMITATED
from service.sandbox.sheets.people import PeopleLookup, Person, StaleBearerError, nobody

__all__ = [
    "MANUAL",
    "NOT_IMITATED",
    "Emulator",
    "PeopleLookup",
    "Person",
    "StaleBearerError",
    "create_emulator",
    "nobody",
]

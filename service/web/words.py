"""The reader's language: the gettext catalogue that fits the locale Google sends, read once and kept.

A locale without a catalogue is read in English; its numbers, money and dates are still the reader's.
"""

import gettext
import re
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from cards.words import DEFAULT_LOCALE, Words

DOMAIN = "rowstream"
LOCALES_KEPT = 64  # locales come from outside, so what is kept has an end
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")


def words_for(locale: str) -> Words:
    """The words for a locale such as `en-GB` or `pt_BR`; English for anything else."""
    return _words(locale if _LOCALE.fullmatch(locale) else DEFAULT_LOCALE)


@lru_cache(maxsize=LOCALES_KEPT)
def _words(locale: str) -> Words:
    name = locale.replace("-", "_")
    languages = [name, name.partition("_")[0]]
    catalogue = gettext.translation(DOMAIN, localedir=_catalogues(), languages=languages, fallback=True)
    return Words(catalogue, locale)


def _catalogues() -> Path:
    return Path(str(files("cards") / "locale"))

"""Words: the reader's language. Sentences, plurals, numbers, money and times, all through one object.

Pure: the translations come in loaded, the current time never comes in at all (callers pass how long ago).
A sentence is a literal in the call, `words("Invite {name}", name=...)`, so that it can be collected into the catalogue
`locale/rowstream.pot`. Values are filled in as plain text; escaping belongs to `markup`.
"""

from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from gettext import NullTranslations

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent

DEFAULT_LOCALE = "en"


def mark(sentence: str) -> str:
    """The sentence unchanged; collected into the catalogue, for sentences that stand in tables."""
    return sentence


class Words:
    """One reader's language. `words(...)` translates and fills; the rest formats what is not a sentence."""

    def __init__(self, translations: NullTranslations | None = None, locale: str = DEFAULT_LOCALE) -> None:
        """`locale` as Google sends it ("en", "en-GB", "pt_BR"); an unknown one is read as English."""
        self._translations = translations or NullTranslations()
        self._locale = _known_locale(locale)

    @property
    def locale(self) -> str:
        """The locale in use, such as `en_GB`."""
        return str(self._locale)

    def __call__(self, sentence: str, /, **values: str | int) -> str:
        """The sentence in the reader's language, its `{places}` filled; whole numbers are grouped."""
        template = self._translations.gettext(sentence) if sentence else ""
        return template.format_map(self._shown(values)) if values else template

    def plural(self, one: str, many: str, count: int, /, **values: str | int) -> str:
        """The form that fits `count`, which also fills the place `{count}`."""
        template = self._translations.ngettext(one, many, count)
        return template.format_map(self._shown({**values, "count": count}))

    def number(self, value: Decimal | int) -> str:
        """A number, grouped as the reader is used to."""
        return format_decimal(value, locale=self._locale)

    def percent(self, share: Decimal | float) -> str:
        """A share of one as whole percent: 0.48 is 48%."""
        return format_percent(share, locale=self._locale)

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount in major units of `currency` (ISO code), with the digits that the currency has."""
        return format_currency(amount, currency, locale=self._locale)

    def moment(self, at: datetime, zone: tzinfo) -> str:
        """Day and time of an aware instant, as the clocks of `zone` show it."""
        local = at.astimezone(zone)
        return f"{self.day(local.date())}, {format_time(local, format='short', tzinfo=zone, locale=self._locale)}"

    def day(self, day: date) -> str:
        """A calendar day with its year, the month in letters."""
        return format_date(day, format="medium", locale=self._locale)

    def ago(self, seconds: float) -> str:
        """How long ago, at least a second: "12 seconds ago". Negative is in the future: "in 3 hours"."""
        apart = timedelta(seconds=-seconds if abs(seconds) >= 1 else -1)
        return format_timedelta(apart, add_direction=True, threshold=1.5, locale=self._locale)

    def span(self, seconds: float) -> str:
        """A length of time in its largest fitting unit: "3 minutes"."""
        return format_timedelta(timedelta(seconds=seconds), threshold=1.5, locale=self._locale)

    def _shown(self, values: dict[str, str | int]) -> dict[str, str]:
        return {key: self.number(value) if isinstance(value, int) else value for key, value in values.items()}


def _known_locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        language = name.replace("-", "_").partition("_")[0]
        return _known_locale(language) if language not in {name, ""} else Locale.parse(DEFAULT_LOCALE)


ENGLISH = Words()

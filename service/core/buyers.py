"""Whether a buyer is the one somebody asks for: by e-mail, buyer number, phone number or name. Pure."""

import re

from service.core.orders import Recipient
from service.core.terms import normalised

SHORTEST = 3  # characters that are worth looking for
_SHORTEST_PHONE = 7  # digits; fewer are no number of anybody's
_WORD = re.compile(r"\w+")


def is_asked_for(recipient: Recipient, asked: str) -> bool:
    """Whether `asked` is this buyer's address, number or phone number, or has no word that is not in their name.

    What TikTok masked is nobody's: a mask is never guessed at.
    """
    text = normalised(asked)
    if len(text) < SHORTEST:
        return False
    if text in {normalised(recipient.buyer_email), normalised(recipient.buyer_user_id)}:
        return True
    return _is_phone(recipient.phone, text) or _is_name(recipient.name, text)


def _is_phone(phone: str, text: str) -> bool:
    """The same number, with its country or without."""
    if "*" in phone or re.search(r"[^\d\s()+./-]", text):
        return False
    wanted, known = re.sub(r"\D", "", text), re.sub(r"\D", "", phone)
    return len(wanted) >= _SHORTEST_PHONE and known.endswith(wanted.lstrip("0"))


def _is_name(name: str, text: str) -> bool:
    if "*" in name or "@" in text:
        return False
    words = set(_WORD.findall(text))
    return bool(words) and words <= set(_WORD.findall(normalised(name)))

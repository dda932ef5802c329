"""What people should know though they look for something else: what became of their shops, files that leak, and fees
that rise.
"""

from dataclasses import dataclass
from enum import StrEnum

from cards.actions import Action, Link, Press
from cards.icons import Icon, icon
from cards.layout import Section, section
from cards.widgets import Widget, line
from cards.words import Words

MAX_NEWS = 3  # of shops, the newest; the audit trail has them all
MAX_LEAKS = 5
MAX_RISES = 3


class NewsKind(StrEnum):
    """What happened to a shop: one of ours connected it, another account asks for it, or it moved there."""

    CONNECTED = "connect-shop"
    ASKED_FOR = "claim-shop"
    MOVED_AWAY = "take-over-shop"


@dataclass(frozen=True, slots=True)
class News:
    """Something an owner should know. `who`: an address, for CONNECTED; `left_s`: until it may move, for ASKED_FOR."""

    kind: NewsKind
    shop: str
    ago_s: int
    who: str = ""
    left_s: int = 0


@dataclass(frozen=True, slots=True)
class Leak:
    """A file elsewhere that is not written because of somebody who can open it. `who`: the first of them, by name.

    `url` opens the file in Google Sheets, where its own card says what helps. `ago_s`: since the last look.
    """

    file_title: str
    url: str
    who: str
    ago_s: int


@dataclass(frozen=True, slots=True)
class FeeRise:
    """Fees take more of a shop's revenue than they did. `before`, `after`: their shares, display-ready."""

    drift_id: str
    shop: str
    before: str
    after: str
    ago_s: int


def news_section(
    news: tuple[News, ...], leaks: tuple[Leak, ...], words: Words, *, rises: tuple[FeeRise, ...] = ()
) -> Section:
    """Leaks first: something waits for them. Empty when there is nothing to tell."""
    return section(
        [_leak(each, words) for each in leaks[:MAX_LEAKS]],
        [_rise(each, words) for each in rises[:MAX_RISES]],
        [_news(each, words) for each in news[:MAX_NEWS]],
        header=words("News"),
    )


def _leak(leak: Leak, words: Words) -> Widget:
    return line(
        words("{file} is not updated", file=leak.file_title),
        top=words("Looked at {moment}", moment=words.ago(leak.ago_s)),
        bottom=words("{who} can open it, and may not see all of it", who=leak.who),
        start=icon(Icon.WARNING, words),
        on=Link(leak.url),
    )


def _rise(rise: FeeRise, words: Words) -> Widget:
    """The line leads to what rose, and there it can be taken note of."""
    return line(
        words("Fees have risen: {shop}", shop=rise.shop),
        top=words.ago(rise.ago_s),
        bottom=words("From {before} to {after} of revenue", before=rise.before, after=rise.after),
        start=icon(Icon.WARNING, words),
        on=Press(Action.FEE_DRIFT, {"drift_id": rise.drift_id}),
    )


def _news(news: News, words: Words) -> Widget:
    """One event in a line: what an owner would want to ask about."""
    remark = ""
    if news.kind is NewsKind.CONNECTED:
        told = words("{who} connected {shop}", who=news.who, shop=news.shop)
    elif news.kind is NewsKind.MOVED_AWAY:
        told = words("{shop} moved to another account", shop=news.shop)
        remark = words("Its seller gave them permission in TikTok")
    else:
        told = words("Another account asks for {shop}", shop=news.shop)
        remark = words("Its seller gave them permission in TikTok. It may move in {time}", time=words.span(news.left_s))
    return line(told, top=words.ago(news.ago_s), bottom=remark, start=icon(Icon.STORE, words))

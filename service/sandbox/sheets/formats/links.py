"""Which text becomes a link by itself: a whole cell that is one URL or one bare domain (observed by third parties)."""

import re

_URL = re.compile(r"(?:https?|ftp)://[^\s/$.?#][^\s]*\Z|mailto:[^\s@]+@[^\s@]+\Z", re.IGNORECASE)
_ENDINGS = (
    "com|net|org|edu|gov|io|co|app|dev|shop|store|info|biz|me|tv|ai|xyz|online|site|tech|cloud|"
    "uk|us|de|fr|es|it|nl|ca|au|jp|cn|in|br|mx|id|my|sg|th|vn|ph|ie|pl|se|no|dk|fi|ch|at|be|pt|eu"
)
_DOMAIN = re.compile(rf"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{_ENDINGS})(?::\d+)?(?:/\S*)?\Z", re.IGNORECASE)


def link_target(text: str) -> str | None:
    """The address that text links to by itself, None for ordinary text."""
    if "." not in text and ":" not in text:
        return None
    trimmed = text.strip()
    if _URL.match(trimmed):
        return trimmed
    return f"http://{trimmed}" if _DOMAIN.match(trimmed) else None

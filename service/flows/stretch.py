"""A stretch of work while somebody waits: portions as long as there is time, and one at least."""

import time


class Stretch:
    """Ends `for_s` seconds after it was made. Shared by everything that is done in one press."""

    def __init__(self, for_s: float) -> None:
        self._until_s = time.monotonic() + for_s
        self._is_begun = False

    def goes_on(self) -> bool:
        """Whether another portion may be done. The first one always is, so that asking again comes to an end."""
        if not self._is_begun:
            self._is_begun = True
            return True
        return time.monotonic() < self._until_s

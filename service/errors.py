"""The Problem family: everything that can go wrong and that a person can understand or act on.

A Problem carries a sentence for the person (what happened, what to do next) and a detail for the log only.
The sentence is a gettext message id with `{name}` places; `values` fills them, so that it can be shown in any language.
Anything that is not a Problem is a bug. How each kind is shown or answered is decided by the edges
(`web/problems`, `jobs`), never here. This module imports nothing of ours.

    Problem
    ├── NotAuthentic      who is calling could not be proved
    ├── NotAllowed        proved, but the role does not allow it
    ├── NotFound          no such thing within the caller's scope (also: a foreign thing)
    ├── NotConnected      the shop's consent is missing, expired or revoked
    ├── NotGranted        Google's scopes or the file grant are missing
    ├── BadInput          what was sent cannot be used; nothing was changed
    ├── Conflict          the world changed meanwhile; look and try again
    ├── TooMuch           size, rate or plan limit
    └── UpstreamFailed    another system failed; says whether repeating can help
"""

from collections.abc import Mapping, Sequence


class Problem(Exception):  # noqa: N818 - the family's own word; "Error" would read as a bug
    """Something a person can understand. `sentence` is shown; `detail` goes to the log and nowhere else."""

    def __init__(self, sentence: str, *, values: Mapping[str, str] | None = None, detail: str = "") -> None:
        super().__init__(sentence)
        self.template = sentence
        self.values = dict(values or {})
        self.detail = detail

    @property
    def sentence(self) -> str:
        """The English sentence with its places filled."""
        return self.template.format_map(self.values) if self.values else self.template


class NotAuthentic(Problem):
    """The sender could not be proved. The edge answers 401 with an empty body and changes nothing."""

    def __init__(self, detail: str = "") -> None:
        super().__init__("We could not verify who sent this.", detail=detail)


class NotAllowed(Problem):
    """The caller is known and may not do this. `needed` names the permission, `granted_by` who can give it."""

    def __init__(
        self,
        sentence: str,
        *,
        needed: str = "",
        granted_by: str = "",
        values: Mapping[str, str] | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(sentence, values=values, detail=detail)
        self.needed = needed
        self.granted_by = granted_by


class NotFound(Problem):
    """There is no such thing in the caller's scope. A foreign thing is NotFound too, never NotAllowed."""


class NotConnected(Problem):
    """The shop's consent is missing, expired, revoked or too narrow: the seller must connect again."""

    def __init__(
        self, sentence: str, *, shop_id: str = "", values: Mapping[str, str] | None = None, detail: str = ""
    ) -> None:
        super().__init__(sentence, values=values, detail=detail)
        self.shop_id = shop_id


class NotGranted(Problem):
    """Google's consent is missing: `scopes` to ask for, or none of them = the grant of the open file."""

    def __init__(
        self,
        sentence: str,
        *,
        scopes: Sequence[str] = (),
        values: Mapping[str, str] | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(sentence, values=values, detail=detail)
        self.scopes = tuple(scopes)


class BadInput(Problem):
    """What was sent cannot be used. `field` is the form field at fault, empty when there is none."""

    def __init__(
        self, sentence: str, *, field: str = "", values: Mapping[str, str] | None = None, detail: str = ""
    ) -> None:
        super().__init__(sentence, values=values, detail=detail)
        self.field = field


class Conflict(Problem):
    """Something changed between looking and doing; the person looks again and repeats."""


class TooMuch(Problem):
    """A limit of size, rate or plan, said in words."""


class UpstreamFailed(Problem):
    """Another system (TikTok, Google, a fulfilment provider) failed.

    `permanent`: repeating the same call cannot help. `retry_after_s`: seconds to wait at the least, when known.
    `outcome_unknown`: the call may have been applied although no answer came.
    """

    def __init__(
        self,
        sentence: str,
        *,
        permanent: bool = False,
        retry_after_s: float | None = None,
        outcome_unknown: bool = False,
        values: Mapping[str, str] | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(sentence, values=values, detail=detail)
        self.permanent = permanent
        self.retry_after_s = retry_after_s
        self.outcome_unknown = outcome_unknown

"""A route that was compiled once is not compiled again for the next application with the same route.

Each test has applications of its own: the product's and the local world's, with a hundred routes. For each of them
werkzeug writes and compiles the function that makes its address, which took more than half of the time in which a
local world is made. That function depends on nothing but the route's text.
"""

from werkzeug.routing import Rule

_COMPILE = Rule._compile_builder
_KNOWN = {}


def share_routes() -> None:
    """From now on in this process."""
    Rule._compile_builder = _remembered


def _remembered(rule, append_unknown):
    """The maker of the route's addresses, not yet bound to it; with other parameters than its own, or without."""
    if rule.defaults:  # these are written into it
        return _COMPILE(rule, append_unknown)
    name = rule.rule, tuple(rule._trace), append_unknown
    if name not in _KNOWN:
        _KNOWN[name] = _COMPILE(rule, append_unknown)
    return _KNOWN[name]

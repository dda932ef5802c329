"""The deployment that Google is given, for one public base URL. Refuses what Google would refuse.

`deployment.json` is the deployment with the base URL left blank: addresses of our own begin with a slash there. Rules
are of Google's deployment reference and its pages on triggers, links and scopes (read April 2026). The Python package
of that interface checks names and types only, and lags the live interface.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from cards.actions import TRIGGERS, UNIVERSAL, Action

#: All that the product asks of a person. None is sensitive: no security assessment, least trust.
SCOPES = (
    "https://www.googleapis.com/auth/drive.file",
    "https://www.googleapis.com/auth/userinfo.email",
    "https://www.googleapis.com/auth/script.locale",
)
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
MAX_NAME = 15  # characters that the toolbar shows

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_HOST = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+")
_FORBIDDEN_WORDS = ("google", "gmail", "sheets", "add-on", "addon")

Deployment = dict[str, Any]


class ManifestRefusedError(ValueError):
    """The deployment would be refused, or would not work. `faults` are sentences, one for each reason."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def render(base_url: str, *, template: Mapping[str, Any] | None = None) -> Deployment:
    """The deployment for `base_url`; raises ManifestRefusedError. `template` replaces the packaged deployment.json."""
    base = base_url.removesuffix("/")
    faults = list(_base_url_faults(base))
    if faults:
        raise ManifestRefusedError(faults)
    deployment: Deployment = _filled(packaged() if template is None else template, base)
    faults = find_faults(deployment, base)
    if faults:
        raise ManifestRefusedError(faults)
    return deployment


def packaged() -> Deployment:
    """deployment.json as it is shipped, the base URL left blank."""
    text = files("addon_manifest").joinpath("deployment.json").read_text(encoding="utf-8")
    loaded: Deployment = json.loads(text)
    return loaded


def link_prefixes(base_url: str) -> tuple[str, ...]:
    """Where links in cards may lead."""
    return tuple(render(base_url)["addOns"]["common"]["openLinkUrlPrefixes"])


def find_faults(deployment: Mapping[str, Any], base_url: str) -> list[str]:
    """Every reason against the deployment, in words; empty when there is none."""
    faults: list[str] = []
    for rule in _RULES:
        faults.extend(rule(deployment, base_url))
    return faults


def _filled(node: Any, base_url: str) -> Any:
    if isinstance(node, Mapping):
        return {key: _filled(value, base_url) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, base_url) for value in node]
    return base_url + node if isinstance(node, str) and node.startswith("/") else node


# --- rules, each a list of sentences ---


def _base_url_faults(base_url: str) -> Iterator[str]:
    parts = urlsplit(base_url)
    if fault := _address_fault(base_url):
        yield f"The base URL {base_url!r} {fault}."
    if parts.query or parts.fragment or parts.username or parts.password or base_url.endswith("/"):
        yield f"The base URL {base_url!r} must be a plain address: no query, fragment, user or slash at its end."


def _address_fault(url: object) -> str:
    if not isinstance(url, str):
        return "is missing"
    parts = urlsplit(url)
    if not parts.scheme or not parts.hostname:
        return "is not an absolute address"
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return ""  # the local world; Google itself can never reach it
    return "" if parts.scheme == "https" else "is not https"


def _common(deployment: Mapping[str, Any]) -> Mapping[str, Any]:
    common: Mapping[str, Any] = deployment.get("addOns", {}).get("common", {})
    return common


def _sheets(deployment: Mapping[str, Any]) -> Mapping[str, Any]:
    sheets: Mapping[str, Any] = deployment.get("addOns", {}).get("sheets", {})
    return sheets


def _scope_faults(deployment: Mapping[str, Any], _base_url: str) -> Iterator[str]:
    asked = deployment.get("oauthScopes", [])
    if not isinstance(asked, list):
        yield "oauthScopes is not a list."
        return
    for scope in sorted(set(asked) - set(SCOPES)):
        yield f"The scope {scope} is more than the product needs."
    for scope in sorted(set(SCOPES) - set(asked)):
        yield f"The scope {scope} is missing."
    if len(asked) != len(set(asked)):
        yield "A scope is listed twice."


def _name_faults(deployment: Mapping[str, Any], _base_url: str) -> Iterator[str]:
    name = _common(deployment).get("name")
    if not isinstance(name, str) or not name.strip():
        yield "The add-on has no name."
        return
    if len(name) > MAX_NAME:
        yield f"The name {name!r} is longer than {MAX_NAME} characters: the toolbar cuts it."
    for word in _FORBIDDEN_WORDS:
        if word in name.lower():
            yield f"The name {name!r} holds {word!r}, which the review refuses."
    if deployment.get("name"):
        yield "The deployment's own name is given by Google and must be left out."


def _logo_faults(deployment: Mapping[str, Any], _base_url: str) -> Iterator[str]:
    url = _common(deployment).get("logoUrl")
    if fault := _address_fault(url):
        yield f"The logo {url!r} {fault}."
    elif not str(url).endswith((".png", ".jpg")):
        yield f"The logo {url!r} must be PNG or JPEG: cards show no other kind."


def _colour_faults(deployment: Mapping[str, Any], _base_url: str) -> Iterator[str]:
    colours = _common(deployment).get("layoutProperties", {})
    for key in ("primaryColor", "secondaryColor"):
        if not _COLOUR.fullmatch(str(colours.get(key, ""))):
            yield f"{key} is not a colour written as #rrggbb."


def _trigger_faults(deployment: Mapping[str, Any], base_url: str) -> Iterator[str]:
    if "sheets" not in deployment.get("addOns", {}):
        yield "Without addOns.sheets the add-on does not appear in Sheets."
    expected = {"homepageTrigger": Action.HOME, "onFileScopeGrantedTrigger": Action.FILE_GRANTED}
    for key, action in expected.items():
        url = _sheets(deployment).get(key, {}).get("runFunction")
        yield from _function_faults(key, url, base_url)
        if _action_of(url, base_url) not in {None, action}:
            yield f"{key} must call {action}."


def _universal_faults(deployment: Mapping[str, Any], base_url: str) -> Iterator[str]:
    named: set[Action | None] = set()
    for entry in _common(deployment).get("universalActions", []):
        label = entry.get("label")
        if not label:
            yield "A universal action has no label."
        if ("openLink" in entry) == ("runFunction" in entry):
            yield f"The universal action {label!r} needs exactly one of openLink and runFunction."
        elif "runFunction" in entry:
            yield from _function_faults(f"The universal action {label!r}", entry["runFunction"], base_url)
            named.add(_action_of(entry["runFunction"], base_url))
        elif not _is_allowed(entry["openLink"], _common(deployment).get("openLinkUrlPrefixes", [])):
            yield f"The universal action {label!r} links outside openLinkUrlPrefixes."
    for action in UNIVERSAL:
        if action not in named:
            yield f"The universal action {action} is missing."
    for trigger in sorted(TRIGGERS & {each for each in named if each is not None}):
        yield f"The universal action {trigger} is a trigger and would be answered in the wrong shape."


def _function_faults(where: str, url: object, base_url: str) -> Iterator[str]:
    if fault := _address_fault(url):
        yield f"{where}: the address {url!r} {fault}."
    elif _action_of(url, base_url) is None:
        yield f"{where}: {url!r} is not the address of an action."


def _action_of(url: object, base_url: str) -> Action | None:
    prefix = f"{base_url}/addon/"
    if not isinstance(url, str) or not url.startswith(prefix):
        return None
    segment = url.removeprefix(prefix)
    return Action(segment) if segment in set(Action) else None


def _prefix_faults(deployment: Mapping[str, Any], base_url: str) -> Iterator[str]:
    prefixes = _common(deployment).get("openLinkUrlPrefixes")
    if not isinstance(prefixes, list) or not prefixes:
        yield "openLinkUrlPrefixes is missing: links in published versions would be dead."
        return
    for prefix in prefixes:
        if fault := _prefix_fault(prefix):
            yield f"The link prefix {prefix!r} {fault}."
    if f"{base_url}/" not in prefixes:
        yield "The link prefixes do not hold our own address."


def _prefix_fault(prefix: object) -> str:
    if fault := _address_fault(prefix):
        return fault
    parts = urlsplit(str(prefix))
    host = parts.hostname or ""
    if host not in LOOPBACK and not _HOST.fullmatch(host):
        return "needs a full domain, with at most one wildcard at its beginning"
    if not parts.path.startswith("/") or "*" in parts.path:
        return "needs a path without wildcard, at least a slash"
    return "may not hold a query or fragment" if parts.query or parts.fragment else ""


def _is_allowed(url: object, prefixes: list[str]) -> bool:
    return isinstance(url, str) and not _address_fault(url) and any(matches(url, prefix) for prefix in prefixes)


def matches(url: str, prefix: str) -> bool:
    """Whether a link is within a prefix: same scheme, port and host (or below a wildcard), path alike."""
    link, allowed = urlsplit(url), urlsplit(prefix)
    host, wanted = link.hostname or "", allowed.hostname or ""
    same_host = host.endswith(wanted[1:]) if wanted.startswith("*.") else host == wanted
    return (
        (link.scheme, link.port) == (allowed.scheme, allowed.port) and same_host and link.path.startswith(allowed.path)
    )


def _option_faults(deployment: Mapping[str, Any], _base_url: str) -> Iterator[str]:
    options = deployment.get("addOns", {}).get("httpOptions", {})
    if options.get("authorizationHeader") != "SYSTEM_ID_TOKEN":
        yield "authorizationHeader must be SYSTEM_ID_TOKEN: it is how a call is proved."
    if options.get("granularOauthPermissionSupport") != "OPT_IN":
        yield "granularOauthPermissionSupport must be OPT_IN: Google asks it of every add-on."
    if _common(deployment).get("useLocaleFromApp") is not True:
        yield "useLocaleFromApp must be on: language and time zone come from it."


_RULES: tuple[Callable[[Mapping[str, Any], str], Iterator[str]], ...] = (
    _scope_faults,
    _name_faults,
    _logo_faults,
    _colour_faults,
    _trigger_faults,
    _universal_faults,
    _prefix_faults,
    _option_faults,
)

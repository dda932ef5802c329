"""The deployment is what Google takes, names only actions that exist, and refuses everything else."""

import copy
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from google.cloud.gsuiteaddons_v1 import Deployment
from google.protobuf.json_format import MessageToDict, ParseDict

from addon_manifest.render import SCOPES, ManifestRefusedError, link_prefixes, matches, packaged, render
from cards.actions import TRIGGERS, UNIVERSAL, Action

BASE = "https://rows.example"
PICTURES = Path(__file__).parents[2] / "addon_manifest" / "pictures"


@pytest.mark.parametrize("base_url", [BASE, "https://rows.example/deep", "http://127.0.0.1:8080", "http://localhost:1"])
def test_accept_by_google_classes(base_url):
    """Google's own classes read it and give it back unchanged; they lag one option, which is asserted by hand."""
    deployment = render(base_url)
    judged = copy.deepcopy(deployment)
    assert judged["addOns"]["httpOptions"].pop("granularOauthPermissionSupport") == "OPT_IN"
    parsed = ParseDict(judged, Deployment.pb()(), ignore_unknown_fields=False)
    assert MessageToDict(parsed) == judged


def test_call_nothing_but_actions():
    text = json.dumps(render(BASE))
    for action in (*TRIGGERS, *UNIVERSAL):
        assert f'"{BASE}/addon/{action}"' in text
    assert text.count("/addon/") == len(TRIGGERS) + len(UNIVERSAL)


def test_ask_for_three_scopes_only():
    assert [scope.rpartition("/")[2] for scope in render(BASE)["oauthScopes"]] == [
        "drive.file",
        "userinfo.email",
        "script.locale",
    ]


def test_serve_logo_from_base_url():
    assert render(f"{BASE}/")["addOns"]["common"]["logoUrl"] == f"{BASE}/static/logo-128.png"


@pytest.mark.parametrize(
    "base_url",
    [
        "http://rows.example",
        "rows.example",
        "/addon",
        "",
        "ftp://rows.example",
        "https://rows.example?a=1",
        "https://rows.example#x",
        "https://user:pw@rows.example",
        "http://127.0.0.1.evil.example",
        "https://",
    ],
)
def test_refuse_base_url(base_url):
    with pytest.raises(ManifestRefusedError):
        render(base_url)


def common(deployment: dict[str, Any]) -> dict[str, Any]:
    return deployment["addOns"]["common"]


def options(deployment: dict[str, Any]) -> dict[str, Any]:
    return deployment["addOns"]["httpOptions"]


def sheets(deployment: dict[str, Any]) -> dict[str, Any]:
    return deployment["addOns"]["sheets"]


Spoil = Callable[[dict[str, Any]], object]
REFUSED: dict[str, tuple[Spoil, str]] = {
    "no name": (lambda d: common(d).pop("name"), "has no name"),
    "long name": (lambda d: common(d).update(name="Rowstream for everybody"), "longer than 15"),
    "foreign name": (lambda d: common(d).update(name="Google rows"), "review refuses"),
    "own deployment name": (lambda d: d.update(name="projects/1/deployments/x"), "given by Google"),
    "no logo": (lambda d: common(d).pop("logoUrl"), "logo None is missing"),
    "http logo": (lambda d: common(d).update(logoUrl="http://rows.example/a.png"), "not https"),
    "vector logo": (lambda d: common(d).update(logoUrl="https://rows.example/a.svg"), "PNG or JPEG"),
    "colour by name": (lambda d: common(d)["layoutProperties"].update(primaryColor="teal"), "#rrggbb"),
    "short colour": (lambda d: common(d)["layoutProperties"].update(secondaryColor="#0f7"), "#rrggbb"),
    "more scopes": (lambda d: d["oauthScopes"].append("https://www.googleapis.com/auth/drive"), "more than"),
    "fewer scopes": (lambda d: d["oauthScopes"].pop(), "is missing"),
    "scope twice": (lambda d: d["oauthScopes"].append(SCOPES[0]), "listed twice"),
    "scopes as text": (lambda d: d.update(oauthScopes=SCOPES[0]), "not a list"),
    "not in sheets": (lambda d: d["addOns"].pop("sheets"), "does not appear"),
    "relative trigger": (lambda d: sheets(d)["homepageTrigger"].update(runFunction="home"), "not an absolute"),
    "foreign trigger": (
        lambda d: sheets(d)["homepageTrigger"].update(runFunction="https://evil.example/addon/home"),
        "not the address of an action",
    ),
    "unknown action": (
        lambda d: sheets(d)["homepageTrigger"].update(runFunction="/addon/launch"),
        "not the address of an action",
    ),
    "wrong action": (lambda d: sheets(d)["homepageTrigger"].update(runFunction="/addon/help"), "must call home"),
    "no grant trigger": (lambda d: sheets(d).pop("onFileScopeGrantedTrigger"), "None is missing"),
    "no label": (lambda d: common(d)["universalActions"][0].update(label=""), "no label"),
    "two deeds": (lambda d: common(d)["universalActions"][0].update(openLink=f"{BASE}/x"), "exactly one"),
    "no deed": (lambda d: common(d)["universalActions"][0].pop("runFunction"), "exactly one"),
    "trigger in the menu": (
        lambda d: common(d)["universalActions"][0].update(runFunction="/addon/home"),
        "wrong shape",
    ),
    "no sign-out": (lambda d: common(d)["universalActions"].pop(), "sign-out is missing"),
    "link outside": (
        lambda d: common(d)["universalActions"].append({"label": "Blog", "openLink": "https://blog.example/"}),
        "outside openLinkUrlPrefixes",
    ),
    "no prefixes": (lambda d: common(d).pop("openLinkUrlPrefixes"), "would be dead"),
    "prefix without path": (lambda d: common(d)["openLinkUrlPrefixes"].append("https://x.example"), "at least a slash"),
    "http prefix": (lambda d: common(d)["openLinkUrlPrefixes"].append("http://x.example/"), "not https"),
    "wildcard inside": (lambda d: common(d)["openLinkUrlPrefixes"].append("https://a.*.example/"), "full domain"),
    "wildcard alone": (lambda d: common(d)["openLinkUrlPrefixes"].append("https://*/"), "full domain"),
    "wildcard path": (lambda d: common(d)["openLinkUrlPrefixes"].append("https://x.example/*"), "without wildcard"),
    "own address missing": (lambda d: common(d)["openLinkUrlPrefixes"].remove("/"), "our own address"),
    "user token in the header": (lambda d: options(d).update(authorizationHeader="USER_ID_TOKEN"), "SYSTEM_ID_TOKEN"),
    "no header token": (lambda d: options(d).pop("authorizationHeader"), "SYSTEM_ID_TOKEN"),
    "coarse consent": (lambda d: options(d).pop("granularOauthPermissionSupport"), "OPT_IN"),
    "no locale": (lambda d: common(d).pop("useLocaleFromApp"), "useLocaleFromApp"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuse_with_reason(name):
    spoil, reason = REFUSED[name]
    template = packaged()
    spoil(template)
    with pytest.raises(ManifestRefusedError, match=reason) as refusal:
        render(BASE, template=template)
    assert all(fault.endswith((".", ":")) or " " in fault for fault in refusal.value.faults)


def test_name_every_fault_at_once():
    template = packaged()
    common(template).pop("name")
    options(template).clear()
    with pytest.raises(ManifestRefusedError) as refusal:
        render(BASE, template=template)
    assert len(refusal.value.faults) == 3


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        (f"{BASE}/connect/start/x", True),
        ("https://docs.google.com/spreadsheets/d/1/edit#gid=2", True),
        ("https://seller-uk.tiktok.com/order/detail?order_no=1", True),
        ("https://docs.google.com/forms/d/1", False),
        ("https://rows.example.evil.example/", False),
        ("https://eviltiktok.com/", False),
        ("http://rows.example/", False),
        ("https://rows.example:8443/", False),
    ],
)
def test_match_links_to_prefixes(url, inside):
    assert any(matches(url, prefix) for prefix in link_prefixes(BASE)) is inside


def test_keep_actions_as_url_segments():
    for action in Action:
        assert action.value == action.name.lower().replace("_", "-")


SIZES = {"logo-128": (128, 128), "logo-32": (32, 32), "banner-220x140": (220, 140)}


@pytest.mark.parametrize("name", SIZES)
def test_ship_pictures_in_listing_sizes(name):
    head = (PICTURES / f"{name}.png").read_bytes()[:26]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", head[16:24]) == SIZES[name]


@pytest.mark.parametrize("name", ["logo-128", "logo-32"])
def test_ship_icons_with_transparency(name):
    """Colour type 6 of PNG is colour with transparency, which the listing asks of icons."""
    assert (PICTURES / f"{name}.png").read_bytes()[25] == 6

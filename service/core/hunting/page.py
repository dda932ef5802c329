"""The report of a hunt as one page for people: to print, to send on, to keep. In English, like the document itself.

Everything comes from the document; nothing is looked up. The page loads nothing from anywhere.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#202124;max-width:46rem;margin:2.5rem auto;padding:0 1.5rem}
h1{font-size:1.4rem;margin:0 0 .25rem}h2{font-size:1.05rem;margin:2rem 0 .5rem}
.verdict{border-left:.4rem solid;padding:.75rem 1rem;margin:1.25rem 0;font-size:1.15rem;font-weight:600}
.green{border-color:#0f766e;background:#ecfdf5}.red{border-color:#b3261e;background:#fdf0ef}
.unread{border-color:#b26a00;background:#fff7e8}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;
border-bottom:1px solid #dadce0}th{font-weight:600;white-space:nowrap}.faint{color:#5f6368}
@media print{body{margin:0}}
""".strip()

_VERDICTS: Mapping[str, str] = {
    "green": "✔ Nothing was found that the readers of this file may not see",
    "red": "✘ This file shows what its readers may not see",
    "unread": "! This file could not be proved: part of it could not be read",
}
_SIGNS: Mapping[str, str] = {
    "value": "{title}",
    "beside": "{title} of the order in the same row",
    "heading": "A column that calls itself “{title}”",
    "told": "{title} follows from columns side by side",
    "reader": "Somebody can open the file who may not: {begins}",
}
PARTS: Mapping[str, str] = {
    "cell": "cell",
    "note": "note",
    "choices": "list of choices",
    "link": "link",
    "title": "title",
    "range-name": "name of a range",
    "protection": "description of a protected range",
    "condition": "conditional formatting",
    "filter": "filter",
    "chart": "chart",
    "metadata": "developer metadata",
    "object": "table, slicer or pivot table",
}
_HIDDEN: Mapping[str, str] = {"tab": "hidden tab", "column": "hidden column", "row": "hidden row"}
_UNREAD: Mapping[str, str] = {
    "import": "A formula brings data in from elsewhere; what it shows tomorrow cannot be proved today",
    "loading": "A formula was still loading",
    "linked": "Data of another system is shown here, which cannot be read",
    "edited": "Rows kept moving while they were read",
    "keys": "A row carries a key whose order is not held any more, so its amounts could not be compared",
    "readers": "Google did not tell who can open the file",
    "unlisted": "Google does not let us list who can open the file",
    "no-access": "The account that writes into the file could not open it",
    "no-answer": "Google did not answer",
    "not-bound": "The file is not connected any more",
}


def render(document: Mapping[str, Any], *, signature: str) -> str:
    """The page of a document."""
    verdict = document["verdict"]
    said = escape(_VERDICTS.get(verdict, verdict))
    read = document["read"]
    facts = {
        "File": document["file"]["title"],
        "Written for": document["audience"],
        "Account": document["account"],
        "Asked by": document["asked_by"],
        "Read": f"{_moment(document['began_at'])} to {_moment(document['ended_at'])}",
        "Looked at": f"{read['tabs']} tabs, {read['rows']} rows, {read['cells']} cells with content",
        "Compared with": f"{document['compared_with_orders']} orders",
        "Report": document["proof_id"],
        "Signature": signature,
    }
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>" for name, value in facts.items())
    parts = [
        f"<h1>Sharing proof</h1><p class=faint>{escape(document['document'])}, version {document['version']}</p>",
        f'<p class="verdict {escape(verdict)}">{said}</p><table>{rows}</table>',
        _findings(document),
        _unread(document),
        "<h2>What no such report covers</h2><ul>"
        + "".join(f"<li>{escape(one)}</li>" for one in document["not_covered"])
        + "</ul><p class=faint>Of a value that was found, its first two characters are repeated here, and of an order"
        " the end of its number. To check that nothing was changed: <code>rowstream verify-proof FILE</code>.</p>",
    ]
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sharing proof</title>'
    head += f"<style>{_STYLE}</style>"
    return f"<!doctype html>\n<html lang=en><head>{head}</head><body>{''.join(parts)}</body></html>\n"


def _findings(document: Mapping[str, Any]) -> str:
    if not document["findings"]:
        return ""
    rows = [
        f"<tr><td>{escape(what_of(one))}</td><td>{escape(where_of(one))}</td><td>{escape(more_of(one))}</td></tr>"
        for one in document["findings"]
    ]
    return f"<h2>What was found</h2><table><tr><th>What</th><th>Where</th><th></th></tr>{''.join(rows)}</table>"


def _unread(document: Mapping[str, Any]) -> str:
    if not document["unread"]:
        return ""
    told = [(_UNREAD.get(one["why"], one["why"]), _spot(one["tab"], one["a1"])) for one in document["unread"]]
    rows = "".join(f"<tr><td>{escape(why)}</td><td>{escape(spot)}</td></tr>" for why, spot in told)
    return f"<h2>What could not be read or proved</h2><table>{rows}</table>"


def what_of(finding: Mapping[str, Any]) -> str:
    """What was found."""
    begins = next((place["begins"] for place in finding["places"] if place["begins"]), "")
    return _SIGNS[finding["sign"]].format(title=finding["title"], begins=begins)


def where_of(finding: Mapping[str, Any]) -> str:
    """Where it stands, every place that is kept."""
    cells = ", ".join(place["a1"] for place in finding["places"] if place["a1"])
    said = [_spot(finding["tab"], cells)]
    if finding["part"] != "cell":
        said.append(PARTS[finding["part"]])
    if finding["hidden"]:
        said.append(_HIDDEN[finding["hidden"]])
    return ", ".join(one for one in said if one)


def more_of(finding: Mapping[str, Any]) -> str:
    """Whose it is and how it begins, as far as that may be repeated, and how many more there are."""
    place = finding["places"][0] if finding["places"] else {}
    said = []
    if place.get("begins") and finding["sign"] != "reader":
        said.append(f"begins with “{place['begins']}”")
    if place.get("order"):
        said.append(f"order …{place['order']}")
    rest = finding["count"] - len(finding["places"])
    if rest > 0:
        said.append(f"and {rest} more")
    return ", ".join(said)


def _moment(text: str) -> str:
    """2026-11-23T09:00:00+00:00 as people write it."""
    return text.replace("T", " ").replace("+00:00", " UTC")


def _spot(tab: str, a1: str) -> str:
    return f"{tab}, {a1}" if tab and a1 else tab or a1

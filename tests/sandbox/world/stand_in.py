"""A product for tests of the world: a few cards with one of everything, and a record of the events it got."""

import json
import sys
from pathlib import Path

from flask import Flask, jsonify, request

from service.sandbox.child import serve

SCOPE = "https://www.googleapis.com/auth/script.locale"


def action(name, **more):
    return {"action": {"function": f"{request.host_url}addon/{name}", **more}}


def button(text, on_click, **more):
    return {"text": text, "onClick": on_click, **more}


def buttons(*some):
    return {"buttonList": {"buttons": list(some)}}


def home_card():
    popup = {"openLink": {"url": f"{request.host_url}popup", "openAs": "OVERLAY", "onClose": "RELOAD"}}
    inline = {"card": card("Made here", paragraph("No call"))}
    moves = buttons(
        button("Detail", action("detail"), type="FILLED"),
        button("Form", action("form")),
        button("Fail", action("fail")),
        button("Bare", action("bare")),
        button("Inline", inline),
        button("Popup", popup),
        button("Allow file", action("ask-file")),
        button("Ask scope", action("ask-scope")),
        button("Off", action("toast"), disabled=True),
    )
    hostile = '<b>Bold</b> <img src=x onerror="document.title=1"><script>document.title=2</script><u>end</u>'
    return {
        "name": "home",
        "header": {"title": "Home card", "subtitle": f"call {len(EVENTS)}"},
        "cardActions": [{"actionLabel": "Own action", "onClick": action("toast")}],
        "sections": [
            {"header": "Moves", "widgets": [moves]},
            {
                "collapsible": True,
                "uncollapsibleWidgetsCount": 1,
                "widgets": [paragraph("Always"), paragraph("Folded")],
            },
            {"widgets": [paragraph(hostile)]},
        ],
    }


def paragraph(text):
    return {"textParagraph": {"text": text}}


def form_card(problem=""):
    fields = [
        {"textInput": {"name": "title", "label": "Title", "hintText": problem, "validation": {"characterLimit": 20}}},
        {"selectionInput": {"name": "mode", "label": "Mode", "type": "DROPDOWN", "items": items("append", "replace")}},
        {"selectionInput": {"name": "cols", "label": "Columns", "type": "CHECK_BOX", "items": items("date", "spend")}},
        {"decoratedText": {"text": "Notify", "switchControl": {"name": "notify", "value": "on"}}},
        {"decoratedText": {"text": "Weekly", "switchControl": {"name": "notify", "value": "weekly"}}},
        {"dateTimePicker": {"name": "start", "label": "Start", "type": "DATE_ONLY"}},
        {"dateTimePicker": {"name": "at", "label": "At", "type": "TIME_ONLY"}},
        {"textInput": {"name": "city", "label": "City", "autoCompleteAction": action("complete")["action"]}},
        {
            "selectionInput": {
                "name": "tags",
                "label": "Tags",
                "type": "MULTI_SELECT",
                "items": items("new", "vip", "late"),
            }
        },
    ]
    save = action("save", persistValues=True, requiredWidgets=["title"], parameters=[{"key": "step", "value": "2"}])
    footer = {"primaryButton": button("Save", save), "secondaryButton": button("Forget", action("forget"))}
    return card("Form card", *fields, name="form", fixedFooter=footer)


def items(*values):
    return [{"text": value.title(), "value": value, "selected": value == values[0]} for value in values]


def answer(*navigations, toast=None):
    shown = {"navigations": list(navigations)}
    return {"renderActions": {"action": shown | ({"notification": {"text": toast}} if toast else {})}}


def card(title, *widgets, **more):
    return {"header": {"title": title}, "sections": [{"widgets": list(widgets)}], **more}


def detail_card():
    return card("Detail card", buttons(button("Deeper", action("deeper")), button("Refresh", action("refresh"))))


def deeper_card():
    moves = [button("To root", action("root")), button("To home", action("to-home")), button("Pop", action("pop"))]
    return card("Deeper card", buttons(*moves))


def ask_file():
    return {"renderActions": {"hostAppAction": {"editorAction": {"requestFileScopeForActiveDocument": {}}}}}


REPLIES = {
    "detail": lambda: answer({"pushCard": detail_card()}),
    "deeper": lambda: answer({"pushCard": deeper_card()}),
    "refresh": lambda: answer({"updateCard": card("Detail card, again", paragraph("Fresh"))}),
    "root": lambda: answer({"popToRoot": True}, toast="Back at the start"),
    "to-home": lambda: answer({"popToCard": "home"}),
    "pop": lambda: answer({"pop": True}),
    "toast": lambda: answer(toast="Done as asked"),
    "form": lambda: answer({"pushCard": form_card()}),
    "save": lambda: answer({"updateCard": form_card("Saved once")}),
    "forget": lambda: answer(toast="Forgotten"),
    "complete": lambda: {"autoComplete": {"items": [{"text": "Leeds"}, {"text": "Leicester"}]}},
    "ask-file": ask_file,
    "bare": lambda: card("Not allowed here"),
}

EVENTS = []


def build(data_dir: Path):
    """The WSGI app; `data_dir` gets a copy of the environment it was started with."""
    app = Flask("stand-in")

    @app.get("/readyz")
    def ready():
        return "ready"

    @app.get("/popup")
    def popup():
        return "<title>Popup</title><p>Popup page</p>"

    @app.get("/events")
    def events():
        return jsonify(EVENTS)

    @app.post("/addon/<name>")
    def press(name):
        event = request.get_json()
        EVENTS.append({"name": name, "event": event, "authorization": request.headers.get("Authorization")})
        if name == "home":
            return jsonify(action={"navigations": [{"pushCard": home_card()}]})
        if name == "file-granted":
            title = event["sheets"].get("title", "nothing")
            return jsonify(
                action={"navigations": [{"pushCard": {"header": {"title": f"Granted {title}"}, "sections": []}}]}
            )
        if name == "ask-scope":
            if SCOPE not in event["authorizationEventObject"]["authorizedScopes"]:
                return jsonify(requesting_google_scopes={"scopes": [SCOPE]})
            return jsonify(answer(toast="Scope is there"))
        if name not in REPLIES:
            return "broken", 500
        return jsonify(REPLIES[name]())

    (data_dir / "stand_in.json").write_text(json.dumps({"ready": True}))
    return app


if __name__ == "__main__":
    serve(build, sys.argv[1:])

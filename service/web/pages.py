"""The plain pages that Google's review and curious people ask for, and the few files that they and cards show."""

from functools import partial
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, send_from_directory

from service.flows import Services
from service.web import headers

STATIC = Path(__file__).parent / "static"
KEPT_S = 86400
#: Address → template and title.
PAGES = {
    "/": ("home.html", "Rowstream"),
    "/help": ("help.html", "Help"),
    "/privacy": ("privacy.html", "Privacy policy"),
    "/terms": ("terms.html", "Terms of service"),
    "/support": ("support.html", "Support"),
}


def create_pages(services: Services) -> Blueprint:
    """The pages, `/done` and `/static/<name>`."""
    pages = Blueprint("pages", __name__)
    settings = services.settings

    def show(address: str) -> Response:
        template, title = PAGES[address]
        text = render_template(
            template,
            title=title,
            operator=settings.operator_name,
            email=settings.support_email,
            history_days=settings.history_days,
        )
        page = make_response(text)
        page.headers["Cache-Control"] = headers.KEEP
        return page

    for address in PAGES:
        pages.add_url_rule(address, f"page {address}", partial(show, address))

    @pages.get("/done")
    def done() -> str:
        return render_template("done.html", nonce=headers.nonce())

    @pages.get("/static/<name>")
    def static_file(name: str) -> Response:
        return send_from_directory(STATIC, name, max_age=KEPT_S)

    return pages

"""The Flask application: every route of the service, headers on every answer, bare answers for what is nobody's.

The Host header is never read: addresses are made from the configured base URL, and nothing here redirects to itself.
"""

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix

from service.flows import Services
from service.web import addon, connect, consent, cost_import, downloads, headers, health, hooks, pages
from service.web.entries import Registry
from service.web.event import MAX_BYTES
from service.web.limits import Limits
from service.web.problems import new_reference, note, row_of


def create_site(services: Services, registry: Registry) -> Flask:
    """The application with all its routes."""
    site = Flask("service.web", static_folder=None)
    site.config["MAX_CONTENT_LENGTH"] = MAX_BYTES  # before anything is read: 413
    site.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # no page of another origin calls us
    site.url_map.strict_slashes = False  # else a slash too many redirects to an address made of the Host header
    site.url_map.merge_slashes = False  # the same for two
    if proxies := services.settings.proxies:  # else nobody's word on where a request comes from is taken
        site.wsgi_app = ProxyFix(site.wsgi_app, x_for=proxies, x_proto=0)  # type: ignore[method-assign]  # Flask's way
    headers.add_to(site, https=services.settings.is_https)
    limits = Limits.of(services)
    for room in (
        addon.create_addon(services, registry, limits),
        hooks.create_hooks(services, limits),
        connect.create_connect(services, limits),
        consent.create_consent(services, limits),
        cost_import.create_cost_import(services, limits),
        downloads.create_downloads(services, limits),
        pages.create_pages(services),
        health.create_health(services),
    ):
        site.register_blueprint(room)
    site.register_error_handler(Exception, _refuse)
    return site


def _refuse(problem: Exception) -> Response:
    """Routes that answer people explain themselves; whatever arrives here gets a status and nothing else."""
    if isinstance(problem, HTTPException):
        answer = Response(status=problem.code)
        if isinstance(problem, MethodNotAllowed) and problem.valid_methods:
            answer.headers["Allow"] = ", ".join(sorted(problem.valid_methods))
        return answer
    note(problem, reference=new_reference(), event="request.failed")
    return Response(status=row_of(problem).status)

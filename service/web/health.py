"""Alive, ready, and metrics: for whoever runs the service. Nothing here is about a person or an order."""

from http import HTTPStatus
from ipaddress import ip_address

from flask import Blueprint, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from service.flows import Services
from service.flows.readiness import check_database

#: Set by every proxy on the way in; a scraper inside the deployment comes without.
_FORWARDED = ("Forwarded", "X-Forwarded-For", "Via")


def create_health(services: Services) -> Blueprint:
    """`/healthz`, `/readyz` and `/metrics`."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def alive() -> Response:
        return Response("alive\n", content_type="text/plain; charset=utf-8")

    @health.get("/readyz")
    def ready() -> Response:
        try:
            check_database(services)
        except SQLAlchemyError:
            return Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        return Response("ready\n", content_type="text/plain; charset=utf-8")

    @health.get("/metrics")
    def metrics() -> Response:
        if not _comes_from_inside(request.remote_addr or ""):
            abort(HTTPStatus.NOT_FOUND)
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    return health


def _comes_from_inside(address: str) -> bool:
    """Whether the caller is on a private network and no proxy stands between: how busy we are is nobody else's."""
    try:
        is_private = ip_address(address).is_private
    except ValueError:
        return False
    return is_private and not any(name in request.headers for name in _FORWARDED)

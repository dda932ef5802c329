"""The webhook's door: raw bytes proved, made durable, acknowledged. Nothing upstream is asked inside the request."""

from http import HTTPStatus

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from service.errors import NotAuthentic
from service.flows import Services, ingest
from service.telemetry import NOTICES
from service.tiktok import webhook
from service.web.limits import Limits, TooFast, retry_after
from service.web.problems import new_reference, note, row_of

HOOK_PATH = "/hooks/tiktok"


def create_hooks(services: Services, limits: Limits) -> Blueprint:
    """The route `POST /hooks/tiktok`: 200 once the notice is in the inbox, and also for a kind nobody uses."""
    hooks = Blueprint("hooks", __name__)
    keys = [(services.settings.tiktok_app_key, services.settings.tiktok_app_secret)]

    @hooks.post(HOOK_PATH)
    def receive() -> Response:
        raw = request.get_data(cache=False)
        notice = webhook.verify(raw, request.headers.get("Authorization", ""), keys)
        ingest.receive(services, notice)
        return Response(status=HTTPStatus.OK)

    @hooks.errorhandler(Exception)
    def refuse(problem: Exception) -> Response:
        """A status and no body: 503 while our own database is away, so that the vendor sends it again."""
        if isinstance(problem, HTTPException):
            return Response(status=problem.code)
        NOTICES.labels("refused").inc()
        if isinstance(problem, NotAuthentic):  # a genuine notice is never held back, whoever else comes that way
            try:
                limits.count_try()
            except TooFast as fast:
                return Response(status=row_of(fast).status, headers=retry_after(fast))
        note(problem, reference=new_reference(), event="notice.refused")
        return Response(status=row_of(problem).status)

    return hooks

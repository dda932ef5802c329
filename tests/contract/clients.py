"""Three clients of Google Sheets behind one set of verbs, so that one test body judges all: Google's official client,
gspread, and plain HTTP. Every answer that comes in is held against Google's schema before the client sees it.
"""

import contextlib
import json
from urllib.parse import quote

import gspread
import gspread.http_client
import gspread.urls
import httplib2
import httpx
import requests
from contract.judge import Judge, method_named
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

JUDGE = Judge()


class RefusedError(Exception):
    """A refusal as the client shows it."""

    def __init__(self, code, message, status=None, details=None):
        super().__init__(message)
        self.code, self.message, self.status, self.details = code, message, status, details


class Verbs:
    """What every client can do, all of it by its `call`: a method by name, its parameters, its body."""

    def create(self, title):
        return self.call("spreadsheets.create", {"properties": {"title": title}})["spreadsheetId"]

    def delete(self, book):
        self.call("files.delete", service="drive", fileId=book)

    def get(self, book, **query):
        return self.call("spreadsheets.get", spreadsheetId=book, **query)

    def structure(self, book, *changes, **options):
        return self.call("spreadsheets.batchUpdate", {"requests": list(changes), **options}, spreadsheetId=book)

    def read(self, book, *ranges, **query):
        told = self.call("spreadsheets.values.batchGet", spreadsheetId=book, ranges=list(ranges), **query)
        return [one.get("values", []) for one in told["valueRanges"]]

    def update(self, book, cells, values, mode="RAW", **query):
        query = {"valueInputOption": mode, **query}
        return self.call("spreadsheets.values.update", {"values": values}, spreadsheetId=book, range=cells, **query)

    def update_many(self, book, data, mode="RAW", **options):
        body = {"valueInputOption": mode, "data": data, **options}
        return self.call("spreadsheets.values.batchUpdate", body, spreadsheetId=book)

    def append(self, book, cells, values, mode="RAW", **query):
        query = {"valueInputOption": mode, **query}
        return self.call("spreadsheets.values.append", {"values": values}, spreadsheetId=book, range=cells, **query)

    def clear(self, book, cells):
        return self.call("spreadsheets.values.clear", {}, spreadsheetId=book, range=cells)


class JudgedHttp(httplib2.Http):
    """httplib2 with the judge at the door."""

    def request(self, uri, method="GET", body=None, headers=None, **more):
        response, content = super().request(uri, method=method, body=body, headers=headers, **more)
        verb = next((v for k, v in (headers or {}).items() if k.lower() == "x-http-method-override"), method)
        JUDGE.look(verb, uri.partition("?")[0], response.status, content)
        return response, content


class OfficialClient(Verbs):
    """google-api-python-client with another base address."""

    def __init__(self, service):
        self.http = AuthorizedHttp(Credentials(service.bearer), http=JudgedHttp(timeout=30))
        self._holders = {}
        self._services = {
            "sheets": build("sheets", "v4", http=self.http, client_options={"api_endpoint": service.sheets}),
            "drive": build("drive", "v3", http=self.http, client_options={"api_endpoint": f"{service.drive}drive/v3/"}),
        }

    def close(self):
        for service in self._services.values():
            service.close()

    def _holder(self, service, path):
        """The object that holds a resource's methods; making one is slow, so each is kept."""
        if (service, path) not in self._holders:
            holder = self._services[service]
            for resource in path.split("."):
                holder = getattr(holder, resource)()
            self._holders[service, path] = holder
        return self._holders[service, path]

    def call(self, name, body=None, *, service="sheets", **parameters):
        resources, _, method = name.rpartition(".")
        holder = self._holder(service, resources)
        given = parameters if body is None else {**parameters, "body": body}
        try:
            return getattr(holder, method)(**given).execute(num_retries=0)
        except HttpError as error:
            status = json.loads(error.content)["error"].get("status")
            details = error.error_details if isinstance(error.error_details, list) else None
            raise RefusedError(error.status_code, error.reason, status, details) from None


class GspreadClient(Verbs):
    """gspread with other base addresses: its address constants are all that changes."""

    def __init__(self, service):
        self.service = service
        self._old = {}
        for module in (gspread.urls, gspread.http_client, gspread.client):
            for name, value in vars(module).items():
                if name.endswith("_URL") and isinstance(value, str):
                    self._old[module, name] = value
        for (module, name), value in self._old.items():
            moved = value.replace("https://sheets.googleapis.com/", service.sheets)
            setattr(module, name, moved.replace("https://www.googleapis.com/", service.drive))
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {service.bearer}"
        self.session.hooks["response"].append(self._judge)
        self.client = gspread.Client(auth=None, session=self.session)

    @staticmethod
    def _judge(response, **_):
        url = response.request.url.partition("?")[0]
        JUDGE.look(response.request.method, url, response.status_code, response.content)

    def close(self):
        self.session.close()
        for (module, name), value in self._old.items():
            setattr(module, name, value)

    @contextlib.contextmanager
    def _judged(self):
        try:
            yield self.client.http_client
        except gspread.exceptions.APIError as error:
            raise RefusedError(
                error.code, error.error["message"], error.error.get("status"), error.error.get("details")
            ) from None

    def call(self, name, body=None, *, service="sheets", **parameters):
        url, query = address(self.service, service, name, parameters)
        with self._judged() as http:
            answer = http.request(method_named(service, name).verb, url, params=query, json=body)
        return answer.json() if answer.content else ""

    # gspread's own methods where it has them, so that its way of asking is judged too.

    def create(self, title):
        return self.client.create(title).id

    def delete(self, book):
        self.client.del_spreadsheet(book)

    def get(self, book, **query):
        with self._judged() as http:
            return http.fetch_sheet_metadata(book, params=query or None)

    def structure(self, book, *changes, **options):
        with self._judged() as http:
            return http.batch_update(book, {"requests": list(changes), **options})

    def read(self, book, *ranges, **query):
        with self._judged() as http:
            found = http.values_batch_get(book, list(ranges), params=query or None)["valueRanges"]
        return [one.get("values", []) for one in found]

    def update(self, book, cells, values, mode="RAW", **query):
        with self._judged() as http:
            return http.values_update(book, cells, params={"valueInputOption": mode, **query}, body={"values": values})

    def update_many(self, book, data, mode="RAW", **options):
        with self._judged() as http:
            return http.values_batch_update(book, body={"valueInputOption": mode, "data": data, **options})

    def append(self, book, cells, values, mode="RAW", **query):
        with self._judged() as http:
            return http.values_append(book, cells, params={"valueInputOption": mode, **query}, body={"values": values})

    def clear(self, book, cells):
        with self._judged() as http:
            return http.values_clear(book, cells)


class PlainClient(Verbs):
    """HTTP as anybody could write it."""

    def __init__(self, service):
        self.service = service
        headers = {"Authorization": f"Bearer {service.bearer}"}
        self.http = httpx.Client(headers=headers, timeout=30, event_hooks={"response": [self._judge]})

    @staticmethod
    def _judge(response):
        verb = response.request.headers.get("x-http-method-override", response.request.method)
        JUDGE.look(verb, str(response.request.url).partition("?")[0], response.status_code, response.read())

    def close(self):
        self.http.close()

    def send(self, verb, path, **more):
        """A request below the service's base; the response as it is."""
        return self.http.request(verb, self.service.sheets + path, **more)

    def call(self, name, body=None, *, service="sheets", **parameters):
        url, query = address(self.service, service, name, parameters)
        response = self.http.request(method_named(service, name).verb, url, params=query, json=body)
        if response.is_error:
            error = response.json()["error"]
            raise RefusedError(error["code"], error["message"], error.get("status"), error.get("details"))
        return response.json() if response.content else ""


def address(bases, service, name, parameters):
    """Address and query of a call, by Google's own description of the method."""
    method = method_named(service, name)
    path = method.template
    for one in method.names:
        path = path.replace("{" + one + "}", quote(str(parameters[one]), safe=""))
    query = {key: value for key, value in parameters.items() if key not in method.names}
    return getattr(bases, service) + path, query

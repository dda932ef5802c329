"""Two clients of Google Sheets behind one set of verbs, so that one test body judges both."""

import contextlib

import gspread
import gspread.http_client
import gspread.urls
import httplib2
import requests
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError


class RefusedError(Exception):
    """A refusal as the client shows it."""

    def __init__(self, code, message, status=None, details=None):
        super().__init__(message)
        self.code, self.message, self.status, self.details = code, message, status, details


class OfficialClient:
    """google-api-python-client with another base address."""

    def __init__(self, service):
        self.http = httplib2.Http(timeout=30)
        credentials = Credentials(service.bearer)
        self._sheets = self._build("sheets", "v4", service.sheets, credentials)
        self._drive = self._build("drive", "v3", f"{service.drive}drive/v3/", credentials)

    @staticmethod
    def _build(name, version, base, credentials):
        return build(name, version, credentials=credentials, client_options={"api_endpoint": base})

    def close(self):
        self._sheets.close()
        self._drive.close()

    def _run(self, call):
        try:
            return call.execute(num_retries=0)
        except HttpError as error:
            details = error.error_details if isinstance(error.error_details, list) else None
            raise RefusedError(error.status_code, error.reason, None, details) from None

    def create(self, title):
        body = {"properties": {"title": title}}
        return self._run(self._sheets.spreadsheets().create(body=body))["spreadsheetId"]

    def delete(self, book):
        self._run(self._drive.files().delete(fileId=book))

    def get(self, book, **query):
        return self._run(self._sheets.spreadsheets().get(spreadsheetId=book, **query))

    def structure(self, book, *changes):
        return self._run(self._sheets.spreadsheets().batchUpdate(spreadsheetId=book, body={"requests": changes}))

    def read(self, book, *ranges):
        told = self._run(self._sheets.spreadsheets().values().batchGet(spreadsheetId=book, ranges=list(ranges)))
        return [one.get("values", []) for one in told["valueRanges"]]

    def update(self, book, cells, values, mode="RAW"):
        values_ = self._sheets.spreadsheets().values()
        body = {"values": values}
        return self._run(values_.update(spreadsheetId=book, range=cells, valueInputOption=mode, body=body))

    def update_many(self, book, data):
        body = {"valueInputOption": "RAW", "data": data}
        return self._run(self._sheets.spreadsheets().values().batchUpdate(spreadsheetId=book, body=body))

    def append(self, book, cells, values):
        values_ = self._sheets.spreadsheets().values()
        body = {"values": values}
        return self._run(values_.append(spreadsheetId=book, range=cells, valueInputOption="RAW", body=body))

    def clear(self, book, cells):
        return self._run(self._sheets.spreadsheets().values().clear(spreadsheetId=book, range=cells, body={}))


class GspreadClient:
    """gspread with other base addresses: its address constants are all that changes."""

    def __init__(self, service):
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
        self.client = gspread.Client(auth=None, session=self.session)

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
                error.code, error.error["message"], error.error["status"], error.error.get("details")
            ) from None

    def create(self, title):
        return self.client.create(title).id

    def delete(self, book):
        self.client.del_spreadsheet(book)

    def get(self, book, **query):
        with self._judged() as http:
            return http.fetch_sheet_metadata(book, params=query or None)

    def structure(self, book, *changes):
        with self._judged() as http:
            return http.batch_update(book, {"requests": list(changes)})

    def read(self, book, *ranges):
        with self._judged() as http:
            return [one.get("values", []) for one in http.values_batch_get(book, list(ranges))["valueRanges"]]

    def update(self, book, cells, values, mode="RAW"):
        with self._judged() as http:
            return http.values_update(book, cells, params={"valueInputOption": mode}, body={"values": values})

    def update_many(self, book, data):
        with self._judged() as http:
            return http.values_batch_update(book, body={"valueInputOption": "RAW", "data": data})

    def append(self, book, cells, values):
        with self._judged() as http:
            return http.values_append(book, cells, params={"valueInputOption": "RAW"}, body={"values": values})

    def clear(self, book, cells):
        with self._judged() as http:
            return http.values_clear(book, cells)

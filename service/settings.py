"""Every setting of the product: a row of name, default, secrecy and sentence; the sole reader of the environment.

`read(environ)` gives the frozen Settings or says in one sentence what is missing or wrong. README's table of settings
is generated from SETTINGS. Upstream addresses are settings; nothing else tells a real world from a local one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

PREFIX = "ROWSTREAM_"
#: Settings that are whole numbers → of what.
NUMBERS = {
    "history_days": "days",
    "write_bytes": "bytes",
    "presses_per_minute": "presses",
    "tries_per_minute": "requests",
    "proxies": "proxies",
}
LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `default` None = required. `secret` values never appear in logs or output."""

    name: str
    default: str | None
    sentence: str
    secret: bool = False

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()


SETTINGS: tuple[Setting, ...] = (
    Setting("base_url", None, "Public address of this service, https, without a trailing slash."),
    Setting("database_url", "sqlite:///rowstream.db", "SQLite file (embedded) or PostgreSQL (many machines)."),
    Setting("secret_keys", None, "Fernet keys, comma-separated; the first seals, all unseal.", secret=True),
    Setting("google_client_id", None, "OAuth client id of the add-on (audience of the user token)."),
    Setting("google_service_agent", None, "Address of the add-on's service agent (e-mail in the system token)."),
    Setting("google_web_client_id", None, "OAuth client id of the web sign-in used before a shop is connected."),
    Setting("google_web_client_secret", None, "Secret of that client.", secret=True),
    Setting("google_writers", None, "Service account key, or a list of them, as JSON: the writers.", secret=True),
    Setting("google_certs_url", "https://www.googleapis.com/oauth2/v1/certs", "Keys that sign Google's tokens."),
    Setting("google_authorize_url", "https://accounts.google.com/o/oauth2/v2/auth", "Google's sign-in page."),
    Setting("google_token_url", "https://oauth2.googleapis.com/token", "Google's token endpoint."),
    Setting("google_revoke_url", "https://oauth2.googleapis.com/revoke", "Google's token revocation."),
    Setting("google_picker_key", "", "API key for Google's Picker: files that only a person's consent opens."),
    Setting("google_picker_url", "https://apis.google.com/js/api.js", "Script that brings Google's Picker."),
    Setting("google_picker_frame_url", "https://docs.google.com/", "Where the Picker's window comes from."),
    Setting("google_sheets_url", "https://sheets.googleapis.com/", "Base address of the Sheets API."),
    Setting("google_drive_url", "https://www.googleapis.com/", "Base address of the Drive API."),
    Setting("tiktok_app_key", None, "App key of the TikTok Shop app."),
    Setting("tiktok_app_secret", None, "App secret of the TikTok Shop app.", secret=True),
    Setting("tiktok_service_id", None, "Service id of the TikTok Shop app (part of the consent address)."),
    Setting("tiktok_api_url", "https://open-api.tiktokglobalshop.com/", "Base address of TikTok's API."),
    Setting("tiktok_auth_url", "https://auth.tiktok-shops.com/", "Base address of TikTok's token endpoints."),
    Setting("tiktok_authorize_url", "https://services.tiktokshop.com/open/authorize", "Consent page outside the US."),
    Setting("tiktok_authorize_url_us", "https://services.us.tiktokshop.com/open/authorize", "Consent page in the US."),
    Setting("default_plan", "growth", "Plan of a new account: starter, growth or scale."),
    Setting("history_days", "60", "How many days of finished orders are imported and kept in a sheet."),
    Setting("write_bytes", "2000000", "How large one write into a sheet may be; Google advises at most 2 MB."),
    Setting("presses_per_minute", "300", "How often one person may press in a minute, per process; 0 = no limit."),
    Setting("tries_per_minute", "60", "What one address may try in a minute without proof, per process; 0 = no limit."),
    Setting("proxies", "0", "How many proxies of yours stand before the service: whose word on addresses is taken."),
    Setting("support_email", "support@rowstream.example", "Where people write to; shown on the support page."),
    Setting("operator_name", "Rowstream", "Who runs this service; shown on the privacy and terms pages."),
    Setting("log_level", "info", "debug, info, warning or error."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What SETTINGS read, typed. Field names are the settings' names."""

    base_url: str
    database_url: str
    secret_keys: tuple[str, ...]
    google_client_id: str
    google_service_agent: str
    google_web_client_id: str
    google_web_client_secret: str
    google_writers: str
    google_certs_url: str
    google_authorize_url: str
    google_token_url: str
    google_revoke_url: str
    google_picker_key: str
    google_picker_url: str
    google_picker_frame_url: str
    google_sheets_url: str
    google_drive_url: str
    tiktok_app_key: str
    tiktok_app_secret: str
    tiktok_service_id: str
    tiktok_api_url: str
    tiktok_auth_url: str
    tiktok_authorize_url: str
    tiktok_authorize_url_us: str
    default_plan: str
    history_days: int
    write_bytes: int
    presses_per_minute: int
    tries_per_minute: int
    proxies: int
    support_email: str
    operator_name: str
    log_level: str

    def __repr__(self) -> str:
        """Without values: a settings object in a log line or a trace must not carry secrets."""
        return "Settings(…)"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")


class SettingsError(Exception):
    """The environment cannot be used; the message names the variable and what it should hold."""


def read(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`. Raises SettingsError naming every missing or malformed variable."""
    values: dict[str, str] = {}
    missing: list[str] = []
    for row in SETTINGS:
        value = environ.get(row.variable, "") or row.default
        if value is None:
            missing.append(row.variable)
        else:
            values[row.name] = value
    if missing:
        raise SettingsError("Set these environment variables first: " + ", ".join(missing))
    return _typed(values)


def _typed(values: Mapping[str, str]) -> Settings:
    text = dict(values)
    base_url = text.pop("base_url").rstrip("/")
    for name in [n for n in text if n.endswith(("_url", "_url_us")) and n != "database_url"]:
        _check_address(name, text[name])
    _check_address("base_url", base_url)
    if text["log_level"] not in LOG_LEVELS:
        raise SettingsError(f"{PREFIX}LOG_LEVEL must be one of: {', '.join(LOG_LEVELS)}.")
    for name, what in NUMBERS.items():
        if not (text[name].isascii() and text[name].isdecimal()):
            raise SettingsError(f"{PREFIX}{name.upper()} must be a whole number of {what}.")
    keys = tuple(key.strip() for key in text.pop("secret_keys").split(",") if key.strip())
    numbers = {name: int(text.pop(name)) for name in NUMBERS}
    return Settings(base_url=base_url, secret_keys=keys, **numbers, **text)  # type: ignore[arg-type]  # as typed above


def _check_address(name: str, value: str) -> None:
    """Only https, or http on loopback (the local world): nothing else may ever carry a token."""
    parts = urlsplit(value)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and is_loopback(parts.hostname or ""):
        return
    raise SettingsError(f"{PREFIX}{name.upper()} must be an https address (http is accepted on loopback only).")


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine and nothing else."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

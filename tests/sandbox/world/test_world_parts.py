"""The world wires its parts: one contract, people with grants and permissions, the product's settings, restarts."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from google.auth.transport.requests import Request
from google.oauth2 import id_token, service_account

from service.sandbox.__main__ import main
from service.sandbox.frontend import Frontend
from service.sandbox.issuer import ADDON_CLIENT_ID
from service.sandbox.launch import Program
from service.sandbox.world import NotReadyError, Options, World
from service.settings import read

MAYA, SAM, RAVI = "maya@bloomthread.example", "sam@packright.example", "ravi.menon@gmail.com"
STAND_IN = (sys.executable, str(Path(__file__).parent / "stand_in.py"))


def test_contract_names_every_part_and_person(world_client):
    addresses = {"preview", "addon", "sheets", "drive", "tiktok_api", "tiktok_auth"}
    addresses |= {"tiktok_control", "sheets_control", "identity"}
    assert set(world_client.contract) == addresses | {"people"}
    for key in addresses:
        assert world_client.contract[key].startswith("http://127.0.0.1:")
        assert world_client.contract[key].endswith("/")
    roles = [person["role"] for person in world_client.contract["people"]]
    assert roles == ["owner", "admin", "finance", "warehouse", "support", "accountant", "client", None]


@pytest.mark.parametrize(
    "path",
    ["", "gallery", "sandbox", "sandbox/about/", "static/main.js", "google/identity/certs", "tiktok/control/shops"],
)
def test_every_part_answers(world_client, path):
    assert world_client.preview.get(path, follow_redirects=True).status_code == 200


def test_manual_names_faults_addresses_and_gaps(world_client):
    page = world_client.preview.get("sandbox/about/").text
    for phrase in (
        world_client.contract["sheets"],
        "too_many_requests",
        "webhook_lost",
        "Not imitated",
        "wrong_issuer",
    ):
        assert phrase in page


def test_person_reaches_only_granted_files_with_addon_token(world_client):
    """drive.file: 404 until the person opens the file with the add-on, whatever their permission is."""
    tokens = world_client.identity.post("tokens", json={"email": MAYA, "audience": "any"}).json()
    url = f"{world_client.contract['sheets']}v4/spreadsheets/{world_client.file_id}"
    headers = {"Authorization": f"Bearer {tokens['user_oauth_token']}"}
    assert world_client.preview.get(url, headers=headers).status_code == 404
    world_client.sheets_control.post("grants", json={"email": MAYA, "spreadsheet_id": world_client.file_id})
    assert world_client.preview.get(url, headers=headers).json()["properties"]["title"] == "Orders"


def test_revoked_token_is_refused_and_unknown_one_is_local_user(world_client):
    tokens = world_client.identity.post("tokens", json={"email": MAYA, "audience": "any"}).json()
    bearer = tokens["user_oauth_token"]
    world_client.identity.post("revoke", data={"token": bearer})
    url = f"{world_client.contract['drive']}drive/v3/files"
    assert world_client.preview.get(url, headers={"Authorization": f"Bearer {bearer}"}).status_code == 401
    assert world_client.preview.get(url, headers={"Authorization": "Bearer whoever"}).json()["files"] == []


def test_writer_works_through_official_client(world_client, running_world):
    """The key in the product's settings, Google's own client, the emulator: shared files only."""
    info = running_world.identity.writer
    credentials = service_account.Credentials.from_service_account_info(
        info, scopes=["https://www.googleapis.com/auth/spreadsheets"]
    )
    credentials.refresh(Request())
    url = f"{world_client.contract['sheets']}v4/spreadsheets/{world_client.file_id}/values/A1"
    headers = {"Authorization": f"Bearer {credentials.token}"}
    assert world_client.preview.get(url, headers=headers).status_code == 403
    share = {"email": MAYA, "spreadsheet_id": world_client.file_id, "type": "user", "role": "writer"}
    world_client.preview.post("preview/share", json={**share, "emailAddress": info["client_email"]})
    assert world_client.preview.get(url, headers=headers).status_code == 200


def test_settings_point_every_vendor_into_world(running_world):
    environment = {f"ROWSTREAM_{name.upper()}": value for name, value in running_world.settings().items()}
    settings = read(environment)
    for name in ("google_certs_url", "google_sheets_url", "google_drive_url", "tiktok_api_url", "tiktok_authorize_url"):
        assert getattr(settings, name).startswith(running_world.base_url)
    assert settings.google_client_id == ADDON_CLIENT_ID


def test_event_is_shaped_as_google_sends_it(world_client):
    with Frontend.of(f"{world_client.base_url}sandbox") as google:
        reply = google.open_sidebar(MAYA, world_client.file_id)
        assert reply.status == 200
        assert reply.body["action"]["navigations"][0]["pushCard"]["header"]["title"] == "Home card"
        google.grant_file(MAYA, world_client.file_id)
    home, granted = world_client.product.get("/events").json()[-2:]
    assert home["event"]["sheets"] == {"addonHasFileScopePermission": False}
    assert granted["event"]["sheets"]["id"] == world_client.file_id
    common, authorization = home["event"]["commonEventObject"], home["event"]["authorizationEventObject"]
    assert (common["hostApp"], common["platform"], common["userLocale"]) == ("SHEETS", "WEB", "en-GB")
    assert isinstance(common["timeZone"]["offset"], float)
    assert "parameters" not in common
    assert home["authorization"] == f"Bearer {authorization['systemIdToken']}"
    certs = f"{world_client.contract['identity']}certs"
    audience = f"{world_client.contract['addon']}home"
    assert id_token.verify_token(authorization["systemIdToken"], Request(), audience, certs)
    assert id_token.verify_token(authorization["userIdToken"], Request(), ADDON_CLIENT_ID, certs)["email"] == MAYA


def test_event_leaves_out_what_person_did_not_consent_to(world_client):
    world_client.identity.post("consents", json={"email": MAYA, "scopes": []})
    with Frontend.of(f"{world_client.base_url}sandbox") as google:
        google.grant_file(MAYA, world_client.file_id)
    event = world_client.product.get("/events").json()[-1]["event"]
    assert event["sheets"] == {"addonHasFileScopePermission": False}
    assert "userIdToken" not in event["authorizationEventObject"]
    assert "userLocale" not in event["commonEventObject"]


def test_press_goes_to_product_only(world_client):
    with Frontend.of(f"{world_client.base_url}sandbox") as google:
        for url in ("https://evil.example/addon/home", f"{world_client.base_url}addon/home"):
            assert google.press(MAYA, url).status == 400


def test_files_are_shown_to_those_who_may_open_them(world_client):
    def seen_by(email):
        files = world_client.preview.get("preview/files", params={"email": email}).json()["files"]
        return [file["role"] for file in files if file["id"] == world_client.file_id]

    assert (seen_by(MAYA), seen_by(SAM), seen_by(RAVI)) == (["owner"], [], [])
    share = {"email": MAYA, "spreadsheet_id": world_client.file_id, "role": "reader"}
    world_client.preview.post("preview/share", json={**share, "type": "anyone"})
    assert (seen_by(SAM), seen_by(RAVI)) == (["reader"], ["reader"])


def test_person_without_rights_cannot_share(world_client):
    body = {"email": RAVI, "spreadsheet_id": world_client.file_id, "type": "anyone", "role": "reader"}
    answer = world_client.preview.post("preview/share", json=body)
    assert answer.status_code == 404
    assert answer.json()["message"]


@pytest.fixture
def start_world(data_dir):
    """Starts worlds on one data directory; closes what is still running."""
    started = []

    def start(command=STAND_IN, **more):
        world = World(Options(data_dir=data_dir, port=0, program=Program(command)))
        started.append(world)
        world.start(**more)
        return world

    yield start
    for world in started:
        world.close()


def test_restart_keeps_files_tokens_market_time_and_seal(start_world):
    first = start_world()
    made = httpx.post(f"{first.base_url}preview/files", json={"email": MAYA, "title": "Kept"}).json()
    httpx.post(f"{first.base_url}tiktok/control/advance", json={"seconds": 3600})
    token, seal = first.identity.addon_token(first.identity.people()[0]), first.settings()["secret_keys"]
    first.close()
    second = start_world()
    files = httpx.get(f"{second.base_url}preview/files", params={"email": MAYA}).json()["files"]
    assert [file["title"] for file in files if file["id"] == made["id"]] == ["Kept"]
    assert second.identity.person_for_bearer(token).email == MAYA
    assert (second.clock.offset_s, second.settings()["secret_keys"]) == (3600, seal)


def test_death_of_product_is_told_with_its_code(start_world):
    deaths, told = [], threading.Event()

    def note(code):
        deaths.append(code)
        told.set()

    world = start_world(on_death=note)
    world._product._process.kill()
    assert told.wait(5)
    assert deaths == [-signal.SIGKILL]


def test_product_that_cannot_start_is_not_waited_for(start_world):
    with pytest.raises(NotReadyError, match="stopped while it was starting"):
        start_world(command=(sys.executable, "-c", "raise SystemExit('no settings')"))


def answers(url):
    try:
        httpx.get(url, timeout=1)
    except httpx.TransportError:
        return False
    return True


def test_product_ends_when_world_is_killed(data_dir):
    """Without a word from the world, the child still ends: the pipe between them breaks. Hangs if it does not."""
    script = (
        "import sys; from pathlib import Path\n"
        "from service.sandbox.launch import Program; from service.sandbox.world import World, Options\n"
        f"options = Options(data_dir=Path({str(data_dir)!r}), port=0, program=Program({STAND_IN!r}))\n"
        "world = World(options); world.start()\n"
        "print(world.product_url, flush=True); sys.stdin.read()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    with process:
        product_url = process.stdout.readline().strip()
        assert httpx.get(f"{product_url}/readyz").status_code == 200
        process.kill()
    while answers(f"{product_url}/readyz"):
        continue


@pytest.mark.parametrize("name", ["ROWSTREAM_TIKTOK_APP_SECRET", "GOOGLE_APPLICATION_CREDENTIALS"])
def test_sandbox_refuses_to_start_beside_real_credentials(tmp_path, name):
    """The variable is named, its value is not, and nothing is written."""
    done = CliRunner(env={name: "s3cret"}).invoke(main, ["--data", str(tmp_path / "world")])
    assert done.exit_code == 1
    assert name in done.output
    assert "s3cret" not in done.output
    assert not (tmp_path / "world").exists()


def test_sandbox_says_which_port_is_taken(tmp_path, running_world):
    done = CliRunner().invoke(main, ["--data", str(tmp_path), "--port", str(running_world.port)])
    assert done.exit_code == 1
    assert f"Port {running_world.port} cannot be used" in done.output

"""`rowstream sandbox` from start to stop, with the real product: the opening scene is set, and one signal ends it."""

import signal
import subprocess
import sys

import httpx
import pytest

from service.sandbox.frontend import Frontend
from service.sandbox.seed import ACCOUNT_NAME, FIRST_FILE, actions_in

MAYA = "maya@bloomthread.example"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory, keys):
    """The command's process and its contract."""
    data_dir = tmp_path_factory.mktemp("sandbox")
    for key in keys:
        (data_dir / key.name).write_bytes(key.read_bytes())
    command = [sys.executable, "-m", "service.sandbox", "--port", "0", "--history", "5", "--data", str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        assert "local world" in line, process.stderr.read()
        yield process, httpx.get(f"{line.split()[-1]}sandbox").json()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


@pytest.fixture(scope="module")
def google(sandbox):
    with Frontend(sandbox[1]) as frontend:
        yield frontend


def words_of(reply):
    return str(reply.body)


def test_owner_has_first_file_and_account(google, sandbox):
    files = httpx.get(f"{sandbox[1]['preview']}preview/files", params={"email": MAYA}).json()["files"]
    assert [(file["title"], file["granted"]) for file in files] == [(FIRST_FILE, False)]
    granted = google.grant_file(MAYA, files[0]["id"])
    assert granted.status == 200
    assert ACCOUNT_NAME in words_of(granted)
    assert any(action["function"].endswith("/connect-shop") for action in actions_in(granted.body))


def test_every_role_is_member_and_stranger_is_not(google, sandbox):
    members = google.press(MAYA, f"{sandbox[1]['addon']}people")
    for person in sandbox[1]["people"]:
        assert (person["email"] in words_of(members)) is (person["role"] is not None)


def test_product_refuses_press_with_forged_token(sandbox):
    """The door of the real product, driven by the issuer's faulty variants."""
    contract = sandbox[1]
    url = f"{contract['addon']}home"
    for variant in ("other_key", "other_project", "expired", "alg_none", "wrong_issuer"):
        body = {"email": MAYA, "audience": url, "variant": variant, "apply_to": "system"}
        tokens = httpx.post(f"{contract['identity']}tokens", json=body).json()
        headers = {"Authorization": f"Bearer {tokens['system_id_token']}"}
        event = {
            "commonEventObject": {"hostApp": "SHEETS", "platform": "WEB"},
            "authorizationEventObject": {
                "userIdToken": tokens["user_id_token"],
                "systemIdToken": tokens["system_id_token"],
                "userOAuthToken": tokens["user_oauth_token"],
            },
        }
        assert httpx.post(url, json=event, headers=headers).status_code == 401, variant


def test_deployment_decides_name_and_menu(sandbox):
    about = httpx.get(f"{sandbox[1]['preview']}preview/world").json()
    assert about["name"] == "Rowstream"
    assert [action["label"] for action in about["universal_actions"]] == ["Manage account", "Help", "Sign out"]

"""What the sandbox's page says: the addresses' bodies, and what the local world does not imitate."""

from service.sandbox import sheets, tiktok

IDENTITY: dict[str, str] = {
    "GET certs": "Key id → PEM certificate, as Google lists its own.",
    "POST tokens": (
        '{"email", "audience"}: user_oauth_token, user_id_token, system_id_token and authorized_scopes. Also'
        ' "email_verified", "hd", "sub" (null leaves a claim out), "scopes", and for a token that must be refused'
        ' "variant" with "apply_to" (system, user or both).'
    ),
    "POST token": "A service account's signed grant, an authorisation code (with PKCE) or a refresh token, as a form.",
    "POST revoke": "token=…: an access or refresh token is worthless from now on.",
    "GET authorize": "The account chooser and consent page. POST with email (or decision=deny) goes back to the app.",
    "GET userinfo": "Who a bearer is.",
    "GET people": "Everybody seen so far.",
    "GET consents": "?email=: the add-on scopes this person has granted.",
    "POST consents": '{"email", "scopes"}: from now on exactly these.',
    "POST revocations": (
        '{"email"}: in their Google account the person takes back what they gave the product in the browser. An offline'
        " consent ends so, as it does with a changed password, after six months without use or by an administrator."
    ),
    "GET picker.js": "The stand-in for Google's Picker, as the product's page loads it.",
    "GET picker": (
        "?token, app, key, ids?, origin: its window. POST with token, app and file_id: the person chooses a file, and"
        " drive.file covers it for that client."
    ),
    "GET service-account": "The key file of the product's writer.",
}

SHEETS: dict[str, str] = sheets.MANUAL

PREVIEW: dict[str, str] = {
    "POST preview/press": (
        '{"email", "spreadsheet_id", "url", "parameters", "form_inputs"}: one press in the sidebar, carried out as'
        " Google would. Answers status, body and elapsed_ms."
    ),
    "GET preview/presses": "The last presses: address, status, time, size.",
    "GET preview/files": "?email=: the spreadsheets this person may open. preview/files/<id>: one of them.",
    "POST preview/files": '{"email", "title"}: a new spreadsheet of this person.',
    "POST preview/shares": '{"email", "spreadsheet_id"}: who can open the file, as this person sees it.',
    "POST preview/share": '{"email", "spreadsheet_id", "type", "role", "emailAddress"?}: this person shares the file.',
    "POST preview/unshare": '{"email", "spreadsheet_id", "permission_id"}: this person ends a share.',
}

NOT_IMITATED: dict[str, tuple[str, ...]] = {
    "Sign-in and tokens": (
        "Passwords, second factors, account recovery: whoever is chosen is signed in.",
        "Key rotation while the world runs, device codes, domain-wide delegation, admin policies.",
        "The Marketplace's install page: the add-on counts as installed for everybody.",
        "Google's Picker beyond a list of spreadsheets to choose one of: no search, folders, uploads or other views.",
        "The ends of an offline consent by time or by a new password; `POST revocations` ends it as they would.",
    ),
    "Sidebar": (
        "Link previews, smart chips, macros, custom functions, and other hosts than Sheets.",
        "Mobile clients. Google's exact spacing and type: the panel is a likeness, 300 pixels wide.",
        "A pop-up that closes with RELOAD repeats the press that brought the card, on the first card the homepage.",
    ),
    "Sheets and Drive": sheets.NOT_IMITATED,
    "TikTok Shop": tiktok.NOT_IMITATED,
}

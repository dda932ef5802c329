"""The headers that every answer carries, whatever it is. A page that runs a script asks for its nonce here."""

import secrets

from flask import Flask, Response, g

#: A year: Google's front end and browsers never need http for us.
_HSTS = "max-age=31536000"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Referrer-Policy": "no-referrer",  # our addresses carry tickets and states
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # No Cross-Origin-Opener-Policy: it would part the connect pages from the sidebar that opened them, and Google draws
    # the card anew as soon as it loses sight of the window.
}
#: Whose pages may show an answer inside them. Only our pictures are shown elsewhere: in Google's cards.
FOR_EVERYBODY, FOR_OURSELVES = "cross-origin", "same-origin"
EMBEDDING = "Cross-Origin-Resource-Policy"
KEEP = "public, max-age=86400"


def add_to(site: Flask, *, https: bool) -> None:
    """Every answer of `site` carries them; without a rule of its own it is not stored by anybody."""

    @site.after_request
    def complete(answer: Response) -> Response:
        answer.headers.update(_ALWAYS)
        answer.headers["Content-Security-Policy"] = _policy(
            g.get("nonce", ""), g.get("frames", ""), g.get("form", "'none'")
        )
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.headers.setdefault(EMBEDDING, FOR_OURSELVES)
        if https:
            answer.headers["Strict-Transport-Security"] = _HSTS
        return answer


def nonce() -> str:
    """The nonce under which this one answer may run its own script."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def allow_form() -> None:
    """This one answer may post a form of its own to ourselves."""
    g.form = "'self'"


def allow_frames(address: str) -> None:
    """This one answer may show pages from `address` inside it, and run what its own script loads for that."""
    nonce()
    g.frames = address


def _policy(nonce: str, frames: str, form: str) -> str:
    """Our own style sheet and pictures, nothing else; a script only by its nonce; no base; frames and what a script of
    ours loads, or a form, on the one page that asks for them.
    """
    rules = [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        f"form-action {form}",
        "frame-ancestors 'none'",
    ]
    if nonce:
        trusted = " 'strict-dynamic'" if frames else ""
        rules.append(f"script-src 'nonce-{nonce}'{trusted}")
    if frames:
        rules[1] = f"style-src 'self' 'nonce-{nonce}'"
        rules.append(f"frame-src {frames}")
    return "; ".join(rules)

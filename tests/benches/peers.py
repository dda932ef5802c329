"""What a developer would otherwise write: bare Flask applications that gunicorn serves beside the product.

Each is a function that gunicorn calls (`tests.benches.peers:bare_google()`); nothing is imported before, so that the
import is part of what is measured. They do no more than they must: they are the comparison, not a second product.
"""

# Imports stand inside the functions: each application pays for its own libraries and for no other's.
import json
import os
from importlib import import_module
from typing import Any

#: The libraries that the product's web process loads for its first card, engine and migrations left out.
LIBRARIES = (
    "flask", "sqlalchemy", "sqlalchemy.orm", "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql", "msgspec",
    "httpx", "structlog", "prometheus_client", "babel", "babel.support", "cachetools", "cryptography.fernet",
    "google.auth.jwt", "google.auth.crypt", "google.oauth2.service_account", "stamina", "itsdangerous", "click",
)  # fmt: skip


def bare_google() -> Any:
    """Flask and Google's client: both imported, the Sheets resource built, one JSON answered."""
    from flask import Flask
    from googleapiclient.discovery import build

    app = Flask("bare_google")
    service = build("sheets", "v4", developerKey="unused", static_discovery=True)

    @app.post("/card")
    def card() -> dict[str, Any]:
        return {"action": {"navigations": [{"pushCard": {"header": {"title": type(service).__name__}}}]}}

    return app


def bare_imports() -> Any:
    """Flask and the bare import of our own libraries, one JSON answered."""
    for name in LIBRARIES:
        import_module(name)
    from flask import Flask

    app = Flask("bare_imports")

    @app.post("/card")
    def card() -> dict[str, Any]:
        return {"action": {"navigations": []}}

    return app


def bare_inbox() -> Any:
    """Flask and SQLAlchemy: a webhook's JSON becomes one row of one table, committed before the answer.

    The database's address comes in `BENCH_DATABASE_URL`; SQLite is set up as the product sets it up.
    """
    import sqlalchemy as sa
    from flask import Flask, request
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

    class Base(DeclarativeBase):
        pass

    class Hook(Base):
        __tablename__ = "hooks"
        notice_id: Mapped[str] = mapped_column(primary_key=True)
        shop_id: Mapped[str]
        kind: Mapped[int]
        content: Mapped[str]

    engine = sa.create_engine(os.environ["BENCH_DATABASE_URL"], pool_size=10, max_overflow=20)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _as_the_product)
    Base.metadata.create_all(engine)
    app = Flask("bare_inbox")

    @app.post("/hooks/tiktok")
    def receive() -> str:
        body = request.get_json()
        with Session(engine) as session, session.begin():
            session.add(
                Hook(
                    notice_id=body["tts_notification_id"], shop_id=body["shop_id"], kind=body["type"],
                    content=json.dumps(body["data"]),
                )
            )  # fmt: skip
        return ""

    return app


def _as_the_product(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")

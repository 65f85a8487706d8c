"""The help desk of a small shop: tickets, attachments and reports. Run with `flask --app app run`."""

from flask import Flask

from desk import accounts, files, reports, tickets
from desk.store import init_store


def create_app():
    app = Flask(__name__)
    app.config.from_prefixed_env("DESK")
    app.register_blueprint(tickets.blueprint)
    app.register_blueprint(files.blueprint)
    app.register_blueprint(reports.blueprint)
    app.register_blueprint(accounts.blueprint)
    init_store()
    return app


app = create_app()

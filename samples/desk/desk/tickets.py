"""Tickets: searched, listed and shown."""

import html

from flask import Blueprint, abort, redirect, render_template_string, request

from desk import store

blueprint = Blueprint("tickets", __name__)
PAGE = "<h1>{{ title }}</h1><p>{{ body }}</p>"


@blueprint.get("/tickets")
def search():
    found = store.find_tickets(request.args.get("q", ""))
    return {"tickets": [dict(it) for it in found]}


@blueprint.get("/tickets/by/<order>")
def listed(order):
    return {"tickets": [dict(it) for it in store.list_tickets(order)]}


@blueprint.get("/tickets/state")
def by_state():
    return {"tickets": [dict(it) for it in store.tickets_in(request.args["is"])]}


@blueprint.get("/tickets/<int:number>")
def shown(number):
    found = store.ticket(number) or abort(404)
    return render_template_string(PAGE, title=found["title"], body=found["body"])


@blueprint.get("/tickets/nothing")
def nothing_found():
    word = request.args.get("q", "")
    return f"<p>No ticket has <b>{html.escape(word)}</b> in its title.</p>"


@blueprint.get("/tickets/hint")
def hint():
    word = request.args.get("q", "")
    return f"<p>Did you mean <b>{word}</b>?</p>"


@blueprint.post("/tickets/<int:number>/close")
def close(number):
    target = request.form.get("next", "/tickets")
    if not target.startswith("/tickets/"):
        target = "/tickets"
    return redirect(target)


@blueprint.get("/tickets/leave")
def leave():
    return redirect(request.args.get("to", "/"))

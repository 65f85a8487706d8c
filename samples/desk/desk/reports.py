"""Reports: numbers of tickets, made by programs beside this one."""

import pickle
import re
import subprocess

from flask import Blueprint, abort, request

blueprint = Blueprint("reports", __name__)
MONTH = re.compile(r"\d{4}-\d{2}")


@blueprint.get("/reports/month")
def month():
    chosen = request.args["month"]
    if not MONTH.fullmatch(chosen):
        abort(400)
    made = subprocess.run(f"desk-report --month {chosen} | sort", shell=True, capture_output=True, text=True)
    return {"report": made.stdout}


@blueprint.get("/reports/person")
def person():
    made = subprocess.run(["desk-report", "--person=" + request.args["name"]], capture_output=True, text=True)
    return {"report": made.stdout}


@blueprint.get("/reports/team")
def team():
    made = subprocess.run("desk-report --team " + request.args["name"], shell=True, capture_output=True, text=True)
    return {"report": made.stdout}


@blueprint.post("/reports/layout")
def layout():
    kept = pickle.loads(request.get_data())
    return {"columns": len(kept)}

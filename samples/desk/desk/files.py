"""Attachments: kept in one folder, given out by name."""

import os
import tarfile

from flask import Blueprint, abort, request, send_file
from werkzeug.utils import secure_filename

blueprint = Blueprint("files", __name__)
FOLDER = os.path.realpath(os.environ.get("DESK_FILES", "files"))


@blueprint.get("/files/<path:name>")
def given(name):
    path = os.path.realpath(os.path.join(FOLDER, name))
    if os.path.commonpath([path, FOLDER]) != FOLDER:
        abort(404)
    return send_file(path)


@blueprint.get("/files/raw")
def raw():
    with open(os.path.join(FOLDER, request.args["name"]), "rb") as file:
        return file.read(), 200, {"Content-Type": "application/octet-stream"}


@blueprint.post("/files")
def kept():
    sent = request.files["file"]
    sent.save(os.path.join(FOLDER, secure_filename(sent.filename)))
    return {"name": secure_filename(sent.filename)}


@blueprint.post("/files/many")
def kept_many():
    with tarfile.open(fileobj=request.files["archive"].stream) as archive:
        archive.extractall(FOLDER)
    return {"kept": True}


@blueprint.post("/files/checked")
def kept_checked():
    with tarfile.open(fileobj=request.files["archive"].stream) as archive:
        archive.extractall(FOLDER, filter="data")
    return {"kept": True}

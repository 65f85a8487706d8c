"""Tells which names packages have, from their stubs and source; nothing of them is run.

Reads a list of paths (lists of names, `()` for an instance) from standard input and answers, in the same order, `known`,
what is missing, or null where it cannot be decided. The first argument is the folder that the packages lie in.
"""

import ast
import importlib.util
import json
import os
import sys

FOLDERS = [sys.argv[1], os.path.dirname(os.__file__)]
MODULES = {}


class Names:
    """What a module or class has; `open` if there may be more."""

    def __init__(self):
        self.members = {}
        self.open = False


def find(dotted):
    """The file of a module, its stub first."""
    parts = dotted.split(".")
    for folder in FOLDERS:
        for base in (os.path.join(folder, *parts), os.path.join(folder, parts[0] + "-stubs", *parts[1:])):
            for path in (base + ".pyi", base + ".py", os.path.join(base, "__init__.pyi"), os.path.join(base, "__init__.py")):
                if os.path.isfile(path):
                    return path
    return None


def package_exists(name):
    return any(os.path.isdir(os.path.join(it, name)) or os.path.isfile(os.path.join(it, name + ".py")) for it in FOLDERS)


def load(dotted):
    """The names of a module, None if there is no source of it."""
    if dotted in MODULES:
        return MODULES[dotted]
    MODULES[dotted] = None
    path = find(dotted)
    if path is None:
        return None
    res = MODULES[dotted] = Names()
    try:
        with open(path, encoding="utf-8") as file:
            tree = ast.parse(file.read())
    except (SyntaxError, ValueError):
        res.open = True
        return res
    package = dotted if os.path.basename(path).startswith("__init__") else dotted.rpartition(".")[0]
    collect(tree.body, res, package)
    return res


def collect(body, into, package):
    for it in body:
        if isinstance(it, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if it.name == "__getattr__":
                into.open = True
            into.members.setdefault(it.name, ("function",))
        elif isinstance(it, ast.ClassDef):
            into.members[it.name] = ("class", it, package, into)
        elif isinstance(it, ast.Assign):
            for target in it.targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        into.members.setdefault(name.id, ("value",))
        elif isinstance(it, (ast.AnnAssign, ast.AugAssign)) and isinstance(it.target, ast.Name):
            into.members.setdefault(it.target.id, ("value",))
        elif isinstance(it, ast.Import):
            for alias in it.names:
                name = alias.asname or alias.name.split(".")[0]
                into.members.setdefault(name, ("module", alias.name if alias.asname else name))
        elif isinstance(it, ast.ImportFrom):
            source = absolute(it, package)
            for alias in it.names:
                if alias.name == "*":
                    other = load(source)
                    if other is None:
                        into.open = True
                    else:
                        into.open = into.open or other.open
                        for name, what in other.members.items():
                            into.members.setdefault(name, what)
                else:
                    into.members.setdefault(alias.asname or alias.name, ("from", source, alias.name))
        elif isinstance(it, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
            for part in ("body", "orelse", "finalbody"):
                collect(getattr(it, part, []), into, package)
            for handler in getattr(it, "handlers", []):
                collect(handler.body, into, package)
        elif isinstance(it, ast.Expr) and isinstance(it.value, ast.Call):
            into.open = True


def absolute(it, package):
    if it.level == 0:
        return it.module or ""
    base = package.split(".")
    base = base[: len(base) - it.level + 1]
    return ".".join(base + ([it.module] if it.module else []))


def resolve(what, depth=0):
    """Follows imports; gives ("class" …), ("function",), ("value",), ("module", name) or None."""
    while what is not None and what[0] == "from" and depth < 20:
        depth += 1
        module = load(what[1])
        if module is None:
            return None
        inner = module.members.get(what[2])
        what = inner if inner is not None else (("module", what[1] + "." + what[2]) if find(what[1] + "." + what[2]) else None)
    return what


def class_members(what, seen=()):
    """Names of a class with those of its bases, and whether there may be more."""
    _, node, package, scope = what
    res, is_open = {}, False
    own = Names()
    collect(node.body, own, package)
    res.update(own.members)
    for it in ast.walk(node):
        if isinstance(it, ast.Attribute) and isinstance(it.value, ast.Name) and it.value.id == "self":
            res.setdefault(it.attr, ("value",))
        if isinstance(it, (ast.FunctionDef, ast.AsyncFunctionDef)) and it.name in ("__getattr__", "__getattribute__"):
            is_open = True
    if node.keywords:
        is_open = True
    for base in node.bases:
        if isinstance(base, ast.Subscript):
            base = base.value
        found = None
        if isinstance(base, ast.Name):
            found = resolve(scope.members.get(base.id))
            if base.id == "object":
                continue
        if found is None or found[0] != "class" or found[1] in seen:
            is_open = True
            continue
        more, more_open = class_members(found, (*seen, node))
        is_open = is_open or more_open
        for name, it in more.items():
            res.setdefault(name, it)
    return res, is_open


def verdict(keys):
    if not package_exists(keys[0]) and find(keys[0]) is None:
        return None
    at = ("module", keys[0])
    done = keys[0]
    for index, key in enumerate(keys[1:]):
        if at is None:
            return None
        if key == "()":
            if at[0] != "class":
                return None
            at = ("instance", at)
        elif at[0] == "module":
            module = load(at[1])
            if module is None:
                return None if not find(at[1] + "." + key) else "known"
            inner = module.members.get(key)
            if inner is None:
                if find(at[1] + "." + key):
                    inner = ("module", at[1] + "." + key)
                elif module.open or os.path.isdir(os.path.join(FOLDERS[0], *(at[1] + "." + key).split("."))):
                    return None
                else:
                    return f"{done} has no {key}"
            at = resolve(inner)
        elif at[0] in ("class", "instance"):
            members, is_open = class_members(at if at[0] == "class" else at[1])
            if key not in members:
                return None if is_open else f"{done} has no {key}"
            at = resolve(members[key])
        else:
            return None
        done += "." + key if key != "()" else "()"
    return "known"


sys.setrecursionlimit(5000)
json.dump([verdict(it) for it in json.load(sys.stdin)], sys.stdout)

"""Copies of the database, named by their content."""

import hashlib
import shutil
from pathlib import Path


def fingerprint(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(65536), b""):
            digest.update(block)
    return digest.hexdigest()


def copy_to(path, folder):
    target = Path(folder) / f"orders-{fingerprint(path)[:12]}.db"
    if not target.exists():
        shutil.copyfile(path, target)
    return target

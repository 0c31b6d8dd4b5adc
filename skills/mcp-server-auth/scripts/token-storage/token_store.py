"""Keeps the tokens of one sign-in in one file that only its owner can read."""

import json
import os
import stat
import tempfile
from pathlib import Path


def read_tokens(file: Path) -> dict | None:
    """Answers None when nobody has signed in."""
    # Windows has neither of these two flags.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(file, flags)
    except FileNotFoundError:
        return None
    try:
        # Of the open file, not of the name: the name may lead elsewhere a moment later.
        info = os.fstat(descriptor)
        if not stat.S_ISREG(info.st_mode):
            raise PermissionError(f"{file} is not a regular file")
        if os.name == "posix":
            if info.st_uid != os.getuid():
                raise PermissionError(f"{file} belongs to another user")
            if info.st_mode & 0o077:
                raise PermissionError(f"{file} is open to others: revoke its tokens, delete it, sign in anew")
        with os.fdopen(descriptor, encoding="utf-8", closefd=False) as stream:
            return json.load(stream)
    finally:
        os.close(descriptor)


def write_tokens(file: Path, tokens: dict) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix":
        info = file.parent.stat()
        if info.st_uid != os.getuid() or info.st_mode & 0o022:
            raise PermissionError(f"others can write into {file.parent}")
    # mkstemp makes a new file with mode 0600; an old one would keep its own mode.
    descriptor, next_file = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(tokens, stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(next_file, file)
    except BaseException:
        os.unlink(next_file)
        raise

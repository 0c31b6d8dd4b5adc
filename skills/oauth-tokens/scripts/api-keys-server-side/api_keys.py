"""Issues API keys and finds their owners. Needs only Python."""

import hashlib
import hmac
import re
import secrets
import time
import zlib
from dataclasses import dataclass

# acme_ID_SECRET_CHECKSUM. The id is public; it may stand in logs and on pages.
FORM = re.compile(r"(acme_([0-9a-f]{12})_[0-9a-f]{64})_([0-9a-f]{8})")
DAY = 24 * 60 * 60


@dataclass
class KeyRecord:
    """A row of the table of keys. It is of no use to whoever steals it."""

    id: str
    hash: str  # SHA-256 of the whole key, in hex.
    owner: str
    scopes: list[str]
    end: float  # In seconds. A revoked key ended when it was revoked.


def issue_key(keys: dict[str, KeyRecord], owner: str, scopes: list[str], now: float | None = None) -> str:
    """Makes a key for a year. Show it once: nobody can look it up again."""
    now = time.time() if now is None else now
    key_id = secrets.token_hex(6)
    body = f"acme_{key_id}_{secrets.token_hex(32)}"
    key = f"{body}_{checksum(body)}"
    keys[key_id] = KeyRecord(key_id, hash_of(key), owner, scopes, now + 365 * DAY)
    return key


def find_key(keys: dict[str, KeyRecord], key: str, now: float | None = None) -> KeyRecord | None:
    """Finds the record of a key that a client sent. Whoever asks learns nothing about a wrong one."""
    now = time.time() if now is None else now
    match = FORM.fullmatch(key)
    if match is None or checksum(match[1]) != match[3]:
        return None  # Mistyped or cut off.
    record = keys.get(match[2])
    if record is None:
        return None
    if not hmac.compare_digest(hash_of(key), record.hash):
        return None
    if now >= record.end:
        return None
    return record


def rotate_key(keys: dict[str, KeyRecord], key_id: str, now: float | None = None) -> str:
    """Makes the next key. Both work for a week, so that no deployment has to happen in one second."""
    now = time.time() if now is None else now
    old = keys.get(key_id)
    if old is None or now >= old.end:
        raise ValueError(f"the key {key_id} does not work any more")
    old.end = min(old.end, now + 7 * DAY)
    return issue_key(keys, old.owner, old.scopes, now)


def revoke_key(keys: dict[str, KeyRecord], key_id: str, now: float | None = None) -> None:
    """Ends a key now: it leaked, or its owner left."""
    now = time.time() if now is None else now
    record = keys.get(key_id)
    if record is not None:
        record.end = min(record.end, now)


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"

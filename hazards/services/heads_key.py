"""The key that signs what leaves the database daily; kept in files, never in it."""

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class HeadsKeyError(Exception):
    """There is no such key, or it is not kept as a key must be; one sentence."""


def public_path(path: Path) -> Path:
    """Where the public key lies: beside the private one."""
    return path.with_name(f"{path.name}.pub")


def make(path: Path) -> None:
    """
    Make a private key readable to us alone, and its public key beside it.

    :raises HeadsKeyError: if there is one already, or the folder cannot be written
    """
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, private, mode=0o600)
        _write(public_path(path), _public(key), mode=0o644)
    except OSError as error:
        msg = f"{error.filename} cannot be made ({error.strerror})."
        raise HeadsKeyError(msg) from error


def _write(path: Path, content: bytes, *, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def public_pem(path: Path) -> str:
    """
    Return the public half of the private key.

    :raises HeadsKeyError: as `read`
    """
    return _public(read(path)).decode().rstrip()


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def read(path: Path) -> Ed25519PrivateKey:
    """
    Return the private key.

    :raises HeadsKeyError: if it is missing, open to others, or no Ed25519 key
    """
    try:
        if path.stat().st_mode & 0o077:
            msg = f"The key {path} is open to other users: make a new one."
            raise HeadsKeyError(msg)
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        msg = (
            f"The key {path} cannot be read ({error.strerror}): make one with "
            "'manage heads_key', or correct HEADS_KEY."
        )
        raise HeadsKeyError(msg) from error
    except (ValueError, TypeError) as error:
        msg = f"{path} holds no unencrypted private key in PEM."
        raise HeadsKeyError(msg) from error
    if not isinstance(key, Ed25519PrivateKey):
        msg = f"{path} holds no Ed25519 key."
        raise HeadsKeyError(msg)
    return key

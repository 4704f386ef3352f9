"""Robots of DingTalk groups (钉钉自定义机器人)."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from accounts.channels.letter import Letter
from accounts.channels.robots import Robot


class DingTalk(Robot):
    """With a secret, each URL carries the time and its HMAC (加签)."""

    host = "oapi.dingtalk.com"
    path = "/robot/send"
    key = "access_token"
    example = "https://oapi.dingtalk.com/robot/send?access_token="
    # No such token; keyword, signature or network address not as the group demands.
    final = frozenset({300001, 310000, 400102})

    def signed(
        self, letter: Letter, payload: dict[str, Any]
    ) -> tuple[str, Mapping[str, Any]]:
        """Add the time in milliseconds and the signature to the URL."""
        if not letter.secret:
            return letter.address, payload
        stamp = f"{round(time.time() * 1000)}"
        told = f"{stamp}\n{letter.secret}".encode()
        digest = hmac.digest(letter.secret.encode(), told, hashlib.sha256)
        sign = base64.b64encode(digest).decode()
        query = urlencode({"timestamp": stamp, "sign": sign})
        return f"{letter.address}&{query}", payload

"""Robots of Feishu groups (飞书自定义机器人)."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Any

from accounts.channels.letter import Letter
from accounts.channels.robots import Robot


class Feishu(Robot):
    """With a secret, each message carries the time and an HMAC keyed by both."""

    host = "open.feishu.cn"
    path = "/open-apis/bot/v2/hook/"
    example = "https://open.feishu.cn/open-apis/bot/v2/hook/"
    # Signature, network address or keyword not as the group demands; no such robot.
    final = frozenset({19001, 19021, 19022, 19024})

    def payload(self, text: str) -> dict[str, Any]:
        """Return what is posted."""
        return {"msg_type": "text", "content": {"text": text}}

    def signed(
        self, letter: Letter, payload: dict[str, Any]
    ) -> tuple[str, Mapping[str, Any]]:
        """Add the time in seconds and the signature to the message."""
        if not letter.secret:
            return letter.address, payload
        stamp = f"{int(time.time())}"
        told = f"{stamp}\n{letter.secret}".encode()
        sign = base64.b64encode(hmac.digest(told, b"", hashlib.sha256)).decode()
        return letter.address, {**payload, "timestamp": stamp, "sign": sign}

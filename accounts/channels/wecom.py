"""Robots of WeCom groups (企业微信群机器人)."""

from accounts.channels.robots import Robot


class WeCom(Robot):
    """Text of at most 2,048 bytes; the URL is all there is to know."""

    host = "qyapi.weixin.qq.com"
    path = "/cgi-bin/webhook/send"
    key = "key"
    example = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="
    takes_secret = False
    longest = 2_000
    # No such robot; the robot was removed from its group.
    final = frozenset({93000, 93008})

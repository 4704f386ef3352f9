"""
A mail server for benchmarks, run as a process of its own. It does what every mail
server must before it says 250: reads a mail line by line, understands its head, and
puts it into a file. `XCOUNT` tells how many mails it took and how many keys were
different, and forgets them.
"""

import asyncio
import sys
import tempfile
from email import message_from_bytes
from pathlib import Path

_taken: list[str] = []


async def converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, spool: Path
) -> None:
    """Answer one connection until it ends."""
    writer.write(b"220 benchmark\r\n")
    while line := await reader.readline():
        verb = line[:6].strip().upper()
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            _take(await _mail(reader), spool)
        writer.write(_answer(verb))
        if verb == b"QUIT":
            break
    writer.close()


async def _mail(reader: asyncio.StreamReader) -> bytes:
    lines = []
    while (line := await reader.readline()) not in (b".\r\n", b""):
        lines.append(line.removeprefix(b"."))
    return b"".join(lines)


def _take(mail: bytes, spool: Path) -> None:
    key = message_from_bytes(mail)["X-Notice-Key"]
    _taken.append(key)
    with (spool / key).open("ab") as kept:
        kept.write(mail)


def _answer(verb: bytes) -> bytes:
    if verb == b"EHLO":
        return b"250-benchmark\r\n250 PIPELINING\r\n"
    if verb == b"QUIT":
        return b"221 bye\r\n"
    if verb != b"XCOUNT":
        return b"250 ok\r\n"
    said = f"250 {len(_taken)} {len(set(_taken))}\r\n"
    _taken.clear()
    return said.encode()


async def serve(spool: Path) -> None:
    """Listen on a free port of this machine, and print it."""

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await converse(reader, writer, spool)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="benchmark-mail-") as folder:
        asyncio.run(serve(Path(folder)))

"""What the WebSocket clients share: a line on stdin says what to do, and a line of JSON on stdout what came of it.

The first word of a line names a method of the client; the others are its arguments. A method returns a list with an
entry for each of the client's sockets. The client ends when stdin does.
"""

import asyncio
import json
import sys

SECONDS = 60
"""How long a command may take. The client fails if one takes longer."""


def say(answer):
    print(json.dumps(answer), flush=True)


async def serve(opening):
    async with asyncio.timeout(SECONDS):
        client = await opening
    say("open")
    while line := await asyncio.to_thread(sys.stdin.readline):
        name, *arguments = line.split()
        async with asyncio.timeout(SECONDS):
            say(await getattr(client, name)(*arguments))


def text(size):
    """A text that is this many bytes long in UTF-8, with characters of one, two and four bytes."""
    pattern = "aé🦀."
    length = len(pattern.encode())
    return pattern * (int(size) // length) + "." * (int(size) % length)


def binary(size):
    """Bytes that are not valid UTF-8."""
    return bytes(range(255, 0, -1)) * (int(size) // 255) + b"\xff" * (int(size) % 255)

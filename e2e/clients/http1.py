"""WebSockets over HTTP/1.1, by the package `websockets`: `http1.py HOST:PORT COUNT` opens them all at once."""

import asyncio
import sys

import commands
from websockets.asyncio.client import connect


class Client:
    def __init__(self, sockets):
        self.sockets = sockets

    @classmethod
    async def open(cls, addr, count):
        # Without pings of its own, so that a socket can be idle.
        connections = (connect(f"ws://{addr}/ws", ping_interval=None, proxy=None) for _ in range(int(count)))
        return cls(await asyncio.gather(*connections))

    async def each(self, action):
        return await asyncio.gather(*(action(socket) for socket in self.sockets))

    async def echo(self, message):
        async def action(socket):
            await socket.send(message)
            return await socket.recv() == message

        return await self.each(action)

    async def text(self, size):
        return await self.echo(commands.text(size))

    async def binary(self, size):
        return await self.echo(commands.binary(size))

    async def ping(self):
        async def action(socket):
            await (await socket.ping())
            return True

        return await self.each(action)

    async def close(self):
        """Closes them with 1000, and returns the codes that came back."""

        async def action(socket):
            await socket.close()
            return socket.close_code

        return await self.each(action)

    async def closed(self):
        """Waits until they are closed, and returns the codes that came; 1006 if one was closed without."""

        async def action(socket):
            await socket.wait_closed()
            return socket.close_code

        return await self.each(action)


asyncio.run(commands.serve(Client.open(*sys.argv[1:])))

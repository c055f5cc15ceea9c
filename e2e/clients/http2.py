"""One WebSocket over HTTP/2 (RFC 8441), by the packages `h2` for the streams and `wsproto` for the messages:
`http2.py HOST:PORT`."""

import asyncio
import sys

import commands
import h2.config
import h2.connection
import h2.events
from wsproto import events
from wsproto.connection import Connection, ConnectionType
from wsproto.frame_protocol import CloseReason

HEAD = 9
GOAWAY = 7


class Client:
    """The one socket, on the one stream of its connection."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.http = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.socket = Connection(ConnectionType.CLIENT)
        self.received = b""
        self.has_ended = self.is_reset = False

    @classmethod
    async def open(cls, addr):
        client = cls(*await asyncio.open_connection(*addr.split(":")))
        client.http.initiate_connection()
        settings = await client.until(h2.events.RemoteSettingsChanged)
        code = h2.settings.SettingCodes.ENABLE_CONNECT_PROTOCOL
        assert settings.changed_settings[code].new_value == 1, settings
        client.stream = client.http.get_next_available_stream_id()
        head = {
            ":method": "CONNECT",
            ":protocol": "websocket",
            ":scheme": "http",
            ":path": "/ws",
            ":authority": addr,
            "sec-websocket-version": "13",
        }
        client.http.send_headers(client.stream, list(head.items()))
        response = await client.until(h2.events.ResponseReceived)
        status = dict(response.headers)[":status"]
        assert status == "200", status
        return client

    async def http_events(self):
        """Sends what is to be sent, and returns what has happened on the connection since then."""
        self.writer.write(self.http.data_to_send())
        await self.writer.drain()
        received = await self.reader.read(65536)
        if not received:
            raise EOFError("the server has closed the connection")
        self.received += received
        happened = []
        while len(self.received) >= HEAD:
            size = HEAD + int.from_bytes(self.received[:3])
            if len(self.received) < size:
                break
            frame, self.received = self.received[:size], self.received[size:]
            # The package takes it for the end of every stream. It means that no more are to be opened.
            if frame[3] != GOAWAY:
                happened += self.http.receive_data(frame)
        for event in happened:
            self.note(event)
        return happened

    def note(self, event):
        match event:
            case h2.events.DataReceived(data=data) if data:
                self.http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                self.socket.receive_data(data)
            case h2.events.StreamEnded():
                self.has_ended = True
            case h2.events.StreamReset():
                # The server has ended its side and asks for nothing more (RFC 9113, section 8.1).
                assert self.has_ended and event.error_code == 0, event
                self.is_reset = True

    async def until(self, kind):
        while True:
            for event in await self.http_events():
                if isinstance(event, kind):
                    return event

    async def send(self, event):
        data = self.socket.send(event)
        while data:
            room = min(self.http.local_flow_control_window(self.stream), self.http.max_outbound_frame_size)
            if room == 0:
                await self.http_events()
                continue
            self.http.send_data(self.stream, data[:room])
            data = data[room:]
        self.writer.write(self.http.data_to_send())
        await self.writer.drain()

    async def receive(self):
        """The next event of the socket."""
        while True:
            for event in self.socket.events():
                return event
            await self.http_events()

    async def echo(self, message, kind):
        await self.send(kind(data=message))
        came = type(message)()
        while True:
            event = await self.receive()
            assert isinstance(event, kind), event
            came += event.data
            if event.message_finished:
                return [came == message]

    async def text(self, size):
        return await self.echo(commands.text(size), events.TextMessage)

    async def binary(self, size):
        return await self.echo(commands.binary(size), events.BytesMessage)

    async def ping(self):
        await self.send(events.Ping(payload=b"hello"))
        event = await self.receive()
        return [isinstance(event, events.Pong) and event.payload == b"hello"]

    async def close(self):
        await self.send(events.CloseConnection(code=CloseReason.NORMAL_CLOSURE))
        event = await self.receive()
        await self.end()
        return [event.code]

    async def closed(self):
        event = await self.receive()
        await self.send(event.response())
        await self.end()
        return [event.code]

    async def end(self):
        """Ends the stream from both sides."""
        if not self.is_reset:
            self.http.end_stream(self.stream)
        while not self.has_ended:
            await self.http_events()


asyncio.run(commands.serve(Client.open(*sys.argv[1:])))

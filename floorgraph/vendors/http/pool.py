"""The connections to one server that are kept, and how they are made."""

import asyncio
import ipaddress
import socket
from typing import Final

import aiohappyeyeballs
import aiohttp
import httpx2

from floorgraph.vendors.http.address import port_of
from floorgraph.vendors.http.connection import Connection
from floorgraph.vendors.http.faults import Progress
from floorgraph.vendors.http.heads import Heads
from floorgraph.vendors.http.wire import Arrived, Closed, Request, Wire, written
from floorgraph.vendors.slots import Slots

NEXT_ADDRESS_AFTER: Final = 0.25
"""Seconds until the next address of a name is tried beside the one that does not answer (RFC 8305); less
where not all would be tried in the time there is."""

Address = tuple[int, int, int, str, tuple[str, int]]


class Pool:
    """Kept connections to one server. Made in the event loop that uses it; its owner calls `close`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._places = Slots(wire.connections)
        self._heads = Heads()
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()
        self._closed = False

    async def exchange(self, request: Request, progress: Progress, most: int) -> Arrived:
        """Send a request over a connection that is free, or over a new one.

        Raises `httpx2.HTTPError`, `BodyTooLarge` for a body of more than `most` bytes, and `Closed`. How long
        a place among the connections is waited for is bounded with the whole request.
        """
        sent = written(request)
        await self._places.wait()
        connection = self._kept()
        try:
            self._require_open()
            if connection is None:
                progress.connecting = True
                connection = await self._connected(request.url)
                if self._closed:
                    connection.end()
                self._require_open()
            # From here on a byte of the request may have left.
            progress.sent = True
            return await connection.ask(sent, progress, most)
        finally:
            self.give_back(connection)

    def free(self) -> Connection | None:
        """A connection that is open and free, with its place; None where somebody would have to wait.

        Whoever takes it calls `give_back`.
        """
        if not self._idle or not self._places.take():
            return None
        connection = self._kept()
        if connection is None:
            self._places.give_back()
        return connection

    def give_back(self, connection: Connection | None) -> None:
        """Give back a place, and the connection that was had for it; one without its answer ends."""
        if connection is not None:
            if connection.free:
                self._idle.append(connection)
            else:
                connection.end()
        self._places.give_back()

    async def close(self) -> None:
        """Close all connections and wait until they are gone. Nothing more is sent."""
        self._closed = True
        left = list(self._open)
        for connection in left:
            connection.end()
        for connection in left:
            await connection.lost

    def _require_open(self) -> None:
        if self._closed:
            raise Closed

    def _kept(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
        return None

    def _lost(self, connection: Connection) -> None:
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)

    async def _connected(self, url: httpx2.URL) -> Connection:
        try:
            addresses = await _addresses(url)
            # One time for all of them: as many as are dead, nobody waits longer than the message says.
            async with asyncio.timeout(self._wire.connect):
                return await self._reached(url, addresses)
        except TimeoutError as error:
            raise httpx2.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpx2.ConnectError(str(error)) from error

    async def _reached(self, url: httpx2.URL, addresses: list[Address]) -> Connection:
        while True:
            try:
                return await self._tried(url, addresses)
            except OSError:
                # Not even TLS with the one that was reached: the name may have others.
                aiohappyeyeballs.pop_addr_infos_interleave(addresses, 1)
                if not addresses:
                    raise

    async def _tried(self, url: httpx2.URL, addresses: list[Address]) -> Connection:
        wire, loop = self._wire, asyncio.get_running_loop()
        secure = url.scheme == "https"
        delay = min(NEXT_ADDRESS_AFTER, wire.connect / (len(addresses) + 1))
        reached = await aiohappyeyeballs.start_connection(
            addresses, happy_eyeballs_delay=delay, interleave=1, loop=loop
        )
        _, connection = await loop.create_connection(
            lambda: Connection(loop, wire.read, wire.keep_alive, self._heads, self._lost),
            sock=reached,
            ssl=wire.context if secure else None,
            # A name that ends with a dot is whole; certificates have it without.
            server_hostname=url.raw_host.decode("ascii").rstrip(".") if secure else None,
        )
        self._open.add(connection)
        return connection


async def _addresses(url: httpx2.URL) -> list[Address]:
    """Where a server is, as the machine knows it, also by its hosts file and in the local network."""
    host, port = url.raw_host.decode("ascii"), port_of(url)
    try:
        version = ipaddress.ip_address(host).version
    except ValueError:
        found = await aiohttp.ThreadedResolver().resolve(host, port, socket.AF_UNSPEC)
        return [
            (one["family"], socket.SOCK_STREAM, one["proto"], "", (one["host"], one["port"])) for one in found
        ]
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))]

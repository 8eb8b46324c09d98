"""The statements of an outbox name its table, and records come out as they were put in."""

from typing import Any, cast

from psycopg.types.json import Jsonb

from quotewire_runtime.outbox.table import OutboxRecord, OutboxSize, OutboxTable
from quotewire_runtime.postgres.connection import Connection
from quotewire_runtime.records import Emit

from .fakes import OLDEST, FakeConnection

EMIT = Emit("orders", b"k1", b"{}", (("ce_id", b"k1:1"), ("content-type", b"application/json")))
HEADERS = [["ce_id", "k1:1"], ["content-type", "application/json"]]
TABLE = OutboxTable("shop")


def given(row: tuple[object, ...] | None = None) -> tuple[FakeConnection, Connection]:
    connection = FakeConnection(row)
    return connection, cast(Connection, connection)


async def test_a_record_is_put_in_and_the_relay_notified() -> None:
    fake, connection = given()
    await TABLE.put(connection, EMIT)
    (insert, parameters), (notify, _) = fake.statements
    assert insert == b'INSERT INTO "shop"."outbox" (topic, key, value, headers) VALUES (%s, %s, %s, %s)'
    *plain, headers = cast(tuple[Any, ...], parameters)
    assert plain == ["orders", "k1", b"{}"]
    assert isinstance(headers, Jsonb)
    assert headers.obj == HEADERS
    assert notify == b'NOTIFY "shop_outbox"'


async def test_the_channel_listened_to_is_the_one_notified() -> None:
    fake, connection = given()
    await TABLE.listen(connection)
    assert fake.statements == [(b'LISTEN "shop_outbox"', None)]


async def test_records_come_out_as_they_were_put_in() -> None:
    fake, connection = given((7, "orders", "k1", b"{}", HEADERS))
    assert await TABLE.first(connection, 500) == [OutboxRecord(7, EMIT)]
    assert fake.statements[0][1] == (500,)


async def test_what_kafka_confirmed_is_deleted_by_position() -> None:
    fake, connection = given()
    await TABLE.delete(connection, [OutboxRecord(7, EMIT), OutboxRecord(9, EMIT)])
    assert fake.statements == [(b'DELETE FROM "shop"."outbox" WHERE position = ANY(%s)', ([7, 9],))]


async def test_the_size_of_an_outbox() -> None:
    _, connection = given((3, 42, OLDEST))
    assert await TABLE.size(connection) == OutboxSize(3, 42, OLDEST)

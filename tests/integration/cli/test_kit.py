"""The fixtures give every test its own topics and database on the real parts."""

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from kit.eventually import eventually, soon

pytestmark = pytest.mark.integration


async def test_a_record_goes_through_the_broker_to_a_group(kafka: str, topic_prefix: str) -> None:
    topic = f"{topic_prefix}kit"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 3, 1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=kafka, acks="all") as producer:
        await producer.send_and_wait(topic, b"value", key=b"key")
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=kafka, group_id=f"{topic_prefix}group", auto_offset_reset="earliest"
    )
    async with consumer:
        record = await consumer.getone()
    assert (record.key, record.value) == (b"key", b"value")


def test_each_test_has_a_database_of_its_own(postgres_dsn: str, empty_postgres_dsn: str) -> None:
    with psycopg.connect(postgres_dsn) as one, psycopg.connect(empty_postgres_dsn) as other:
        one.execute("CREATE TABLE mine (id int)")
        one.commit()
        assert other.execute("SELECT to_regclass('mine')").fetchone() == (None,)
        assert other.execute("SHOW server_version_num").fetchone() >= ("180000",)  # type: ignore[operator]


async def test_eventually_reports_the_last_result() -> None:
    with pytest.raises(AssertionError, match=r"not within 0.1 s; the last check gave \[\]"):
        await eventually(list, within=0.1)
    looks = iter([None, "", "there"])
    assert await eventually(lambda: next(looks)) == "there"
    assert soon(lambda: 1) == 1

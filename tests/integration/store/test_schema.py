"""The tables of the store are documented in the database itself."""

from __future__ import annotations

import psycopg
import pytest

pytestmark = pytest.mark.integration


def test_every_table_column_and_view_of_the_store_is_explained(postgres_dsn: str) -> None:
    with psycopg.connect(postgres_dsn) as connection:
        bare = connection.execute(
            """
            SELECT c.relname, a.attname FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
                AND (a.attnum > 0 AND c.relkind = 'r' AND col_description(c.oid, a.attnum) IS NULL)
            WHERE c.relnamespace = 'news'::regnamespace AND c.relname <> 'migrations'
            UNION ALL
            SELECT relname, 'itself' FROM pg_class WHERE relnamespace = 'news'::regnamespace
                AND relkind IN ('r', 'v') AND obj_description(oid) IS NULL AND relname <> 'migrations'
            """
        ).fetchall()
    assert bare == []

"""The tables are those that the program works with, whoever made them, and nobody else's are touched."""

import re
import sqlite3

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from trainer.errors import UserError
from trainer.records.migrations import NEWEST, VERSION_TABLE
from trainer.records.store import Store
from trainer.records.tables import metadata


def test_the_migrations_lead_to_the_tables_of_the_program(store):
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_one_that_is_asked_for():
    config = Config()
    config.set_main_option("script_location", "trainer.records:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST


@pytest.mark.parametrize("read_only", [False, True])
def test_records_of_an_earlier_program_are_brought_up_to_date(url, drill, read_only):
    with Store.open(url) as store:
        plan = drill.new(store)
        with store.writing() as connection:
            for table in (
                "ratings",
                "signoffs",
                "assignments",
                "machines",
                "erased",
                "exercises",
                "instructors",
                "listed",
            ):
                connection.execute(text(f"DROP TABLE {table}"))
            for column in ("judged", "response", "seconds", "completeness", "rate"):
                connection.execute(text(f"ALTER TABLE attempts DROP COLUMN {column}"))
            connection.execute(text("ALTER TABLE sessions DROP COLUMN pass_mark"))
            connection.execute(text("ALTER TABLE recordings DROP COLUMN machine"))
            connection.execute(text("ALTER TABLE learners DROP COLUMN letters"))
            connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0002'"))
    with Store.open(url, read_only=read_only) as store:
        assert store.info()["tables"] == NEWEST
        assert [session.id for session in store.sessions()] == [plan.session]
        assert not list(store.attempts())


@pytest.mark.parametrize("read_only", [False, True])
def test_records_of_a_newer_program_are_left_alone(url, read_only):
    with Store.open(url) as store, store.writing() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(UserError, match=r"newer RUSTON \(tables 9999\). Install the newer program"):
        Store.open(url, read_only=read_only)


def test_another_programs_database_is_left_alone(tmp_path):
    path = tmp_path / "theirs.sqlite"
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE things (a)")
    with pytest.raises(UserError, match=re.escape(f"{path}: this is another program's database")):
        Store.open(str(path))
    assert [name for (name,) in sqlite3.connect(path).execute("SELECT name FROM sqlite_schema")] == ["things"]


def test_another_programs_tables_on_a_server_are_left_alone(server):
    import psycopg

    url = server()
    with psycopg.connect(url) as theirs:
        theirs.execute("CREATE TABLE sessions (theirs int)")
    with pytest.raises(UserError, match="Give it a database of its own"):
        Store.open(url)
    with psycopg.connect(url) as theirs:
        assert theirs.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (1,)


def test_records_of_the_first_program_get_what_reports_count(tmp_path, drill):
    """Filled from the events, for every attempt that was scored."""
    new, old = tmp_path / "new.sqlite", tmp_path / "old.sqlite"
    with Store.open(str(new)) as store:
        store.create(drill.plan)
        for event in (drill.cue(0), drill.scored(0, 80.0, 3.0)):
            store.append("s", event)
        with store.reading() as connection:
            kept = connection.execute(text("SELECT seconds, completeness, rate FROM attempts")).one()
    config = Config()
    config.set_main_option("script_location", "trainer.records:migrations")
    engine = create_engine(f"sqlite:///{old}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(f"ATTACH '{new}' AS new")
        for table in ("stores", "learners", "sessions", "seats", "events", "attempts"):
            columns = [row[1] for row in connection.exec_driver_sql(f"PRAGMA main.table_info({table})")]
            names = ", ".join(f'"{column}"' for column in columns)
            connection.exec_driver_sql(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM new.{table}")
    engine.dispose()
    with Store.open(str(old)) as store, store.reading() as connection:
        assert connection.execute(text("SELECT seconds, completeness, rate FROM attempts")).one() == kept
        assert connection.execute(text("SELECT pass_mark FROM sessions")).scalar() == drill.plan.pass_mark

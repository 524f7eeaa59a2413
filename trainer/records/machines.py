"""Which machine this is, for records that several of them share: a random name of the data folder, made when the first
recording is kept, and the machine's own name, so that people know which one is meant. Both stay in the records."""

import platform
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from trainer.atomic_files import save
from trainer.data_folder import data_folder
from trainer.records.database import insert_or_else
from trainer.records.tables import machines

NAME = "machine"  # the file: id, a space, the machine's name
NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass(frozen=True)
class Machine:
    id: str
    name: str


def this_machine() -> Machine:
    """A data folder that was copied to another computer is another machine. Raises UserError where nothing can be
    written."""
    path, name = data_folder() / NAME, platform.node() or "-"
    try:
        kept, _space, where = path.read_text(encoding="utf-8").strip().partition(" ")
    except (OSError, UnicodeDecodeError):
        kept = where = ""
    if kept and where == name:
        return Machine(kept, name)
    made = Machine(uuid.uuid4().hex, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    save(path, f"{made.id} {made.name}\n", private=True)
    return made


def note_machine(connection: Connection, machine: Machine, opened: datetime | None) -> str:
    """Let the store know a machine, and when it last did what was asked of it. Returns its id."""
    row = insert_or_else(connection, machines).values(id=machine.id, name=machine.name, opened=opened or NEVER)
    if opened:
        row = row.on_conflict_do_update(index_elements=["id"], set_={"name": machine.name, "opened": opened})
    else:
        row = row.on_conflict_do_nothing()
    connection.execute(row)
    return machine.id

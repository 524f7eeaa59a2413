"""How a store of an earlier program becomes one of this program (alembic). Run when a store is opened."""

NEWEST = "0008"  # the revision that `tables.py` describes
VERSION_TABLE = "ruston_version"

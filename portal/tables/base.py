"""What all tables share."""

import secrets

from piccolo.columns import BigInt, BigSerial, Text
from piccolo.table import Table as PiccoloTable

from portal.db import DB

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ"


def new_public_id() -> str:
    """12 random characters (68 bits): what addresses, fragments and exports carry, so that no number tells a count."""
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


class Table(PiccoloTable, db=DB):
    """A table whose rows have a bigint key for the database's own use."""

    id = BigSerial(primary_key=True, required=True)


class PublicTable(Table, db=DB):
    """A table whose rows have an address."""

    public_id = Text(default=new_public_id, unique=True)


def reference(**options: object) -> BigInt:
    """A column that points to another table's id; its (composite) constraint is in the migration."""
    return BigInt(default=None, null=bool(options.get("null", False)), required=not options.get("null", False))

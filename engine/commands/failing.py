"""What a command says where something outside of it failed: one sentence, never a traceback."""

import os
import sys

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from engine.edge.database import reason_of

TROUBLE = (OSError, RedisError, SQLAlchemyError)
"""What files, networks, Redis and databases raise."""


def told(error: Exception) -> str:
    """Say what cannot be used, and why. What a database was asked is left out: it may hold a shopper's address."""
    match error:
        case SQLAlchemyError():
            return f"the database cannot be used: {reason_of(error)}"
        case RedisError():
            return f"Redis cannot be used: {error}"
        case FileExistsError(filename=str(name)):
            return f"{name!r} cannot be made: it is there already, and is no folder"
        case OSError(filename=str(name), strerror=str(reason)):
            return f"{name!r} cannot be used: {reason[:1].lower()}{reason[1:]}"
        case _:
            return str(error) or type(error).__name__


def let_go_of_output() -> None:
    """Write nowhere from now on: who read what a command prints (``head``, say) has seen enough."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)

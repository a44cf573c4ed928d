"""The tables' common metadata: each module that keeps something in the database describes its tables there."""

import sqlalchemy as sa

metadata = sa.MetaData()

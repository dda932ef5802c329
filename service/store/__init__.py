"""Everything kept: SQLAlchemy over SQLite or PostgreSQL. Nobody else writes SQL.

Every read takes a Scope (account, shops); the unscoped reads are named `*_unscoped` or live in `notices` and `sheets`
for the worker, which has no caller. Functions take a Tx (one transaction) first and return core types or frozen rows.
"""

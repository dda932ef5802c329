"""spreadsheets.batchUpdate: one function per kind of request, in files by theme; `batch.py` has the registry."""

"""spreadsheets.values: reading, writing and appending plain values."""

"""State: workbooks, grids, files and permissions, and nothing about HTTP or JSON answers."""

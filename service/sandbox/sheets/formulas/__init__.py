"""Formulas: text to a shared relative form, references that follow the grid, and a small evaluator.

What the evaluator knows is listed in `formulas/functions.py`; everything else answers `#NAME?` and nothing ever
fetches anything.
"""

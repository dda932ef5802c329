"""Hunting: what a file shows to its readers against what they must not see. Pure: texts and orders in, findings out.

`texts` makes every way of writing a value one; `forbidden` says what of an order may not be seen; `amounts` finds its
figures beside its key; `headings` reads what a column calls itself; `report` is what comes of it. Reading a file, and
the orders, is not done here.
"""

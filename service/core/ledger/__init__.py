"""The profit ledger: what TikTok settled, what it cost, what was really earned, order by order, to the cent.

Pure: Decimals with their currency beside them, never a float; two currencies are never added; nothing here reads a
clock, a file or a database. Signs are upstream's, from the seller's side (a deduction is negative), until `pools`
turns them round once: a pool is a cost and positive.

What upstream states:
    entries       the types: Statement, Entry, Unsettled, Payment, Withdrawal, Amount
    fields        the one table: finance field or adjustment kind → pool and group
    reconciling   one entry read so that its parts come to its totals, what is left over named
    pools         entries → Pools; `fee_lines` names lines of them, `splitting` splits them over an order's lines
    exchange      the rate that upstream applied to a payout, for showing only

What the seller states:
    costs         what a unit costs on a day, bundles and packaging; `sending` what sending a whole order costs
    cost_rows     the table of costs row by row; `cost_cells` reads a cell, `cost_text` a file
    cost_changes  what an edit of costs changes, and on which days
    shop_terms    taxes and rates of one shop from a day on

What follows:
    sales         the money facts of an order before it settles
    rates         what is charged on it: by the unsettled list, the shop's own recent orders (`recent`), the fee table
    settling      how much of an order is settled, and the best pools there are meanwhile
    profit        an order's profit, from `facts` of it; `line_profit` by SKU, `books` for all columns of its rows
    history       how an order's profit came to be what it is
    sums          many orders as one; `periods` the days they are taken from
    tie_out       statement → payout, with the difference named
    auditing      what was charged beside what the rules say; `drift` whether fees take more than they did
"""

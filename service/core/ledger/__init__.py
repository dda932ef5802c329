"""The profit ledger: what TikTok settled, what it cost, what was really earned, order by order, to the cent.

Pure: Decimals with their currency beside them, never a float; two currencies are never added; nothing here reads a
clock, a file or a database. Signs are upstream's, from the seller's side (a deduction is negative), until `pools`
turns them round once: a pool is a cost and positive.

    entries   the types: Statement, Entry, Unsettled, Payment, Withdrawal, Amount
    fields    the one table: finance field or adjustment kind → pool and group
    pools     entries → Pools, each entry reconciled, what is left over named
    costs     what a unit cost on a day: the costs table, its checks, bundles, packaging, own fulfilment
    rates     fee rates for orders that are not settled: the shop's own recent ones, else the dated policy table
    profit    an order's profit: estimated, partial, settled; per order and per line
    tie_out   statement → payout, with the difference named
"""

"""Signs that a job survived an error: it went on, says so, cleans up, or failed later for a reason of its own.

`errors` weighs the signs of single errors, which the modules with a noun of their own find (`announced`, `lost_servers`,
`missing_products`, `run_ends`, `script_errors`, `small_errors`). The others find whole tracebacks and reports. `rank`
takes what they cost from the scores of the candidates.
"""

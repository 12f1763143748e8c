"""Fifty people at once on 100,000 requisitions, over HTTP, on PostgreSQL: what the product carries.

    python -m benchmarks.load [--seconds 60] [--users 50 100] [--json FILE] [--baseline FILE]

The mix is the one the peers were measured with: 60 % lists, 20 % documents with their lines, 15 %
new documents of five lines, 5 % approvals, each person with an own account, token and connection,
none of them pausing to think. Database, server and callers share the machine.
"""

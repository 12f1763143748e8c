"""Master data: what can be bought, from whom, in which units, money and terms."""

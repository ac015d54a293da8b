"""The rules of the trade (业务规则): pure, without a clock, without I/O, without a framework."""

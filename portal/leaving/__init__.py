"""Guests who leave: removed by who answers for them, or by the clock; and their data, which go after a while."""

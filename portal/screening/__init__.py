"""Screening: what looks sensitive waits until somebody who screens it publishes it, or diverts it to another door."""

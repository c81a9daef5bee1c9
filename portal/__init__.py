"""Plein: a self-hosted portal where people propose, discuss and support ideas, and hear the answer."""

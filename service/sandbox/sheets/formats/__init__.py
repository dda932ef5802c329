"""Formats: how a value looks, how typed text becomes a value, colours and links. No grid and no HTTP here."""

"""What hands can do, by theme; `hands.py` puts the themes together and names the deeds for the control door."""

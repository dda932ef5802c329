"""Wire: Google's JSON in and out (schemas, masks, A1 notation, resources). No state changes here."""

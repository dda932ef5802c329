"""One numbered file per change of the schema; run by `service.store.migrate`."""

"""What is kept of a row: everything that is compared, and nothing of a buyer that can be read."""

import json

from cryptography.fernet import Fernet

from service.core.cells import BLANK, number_cell, text_cell
from service.flows import images
from service.store.sealed import Sealer

SEALER = Sealer((Fernet.generate_key().decode(),))
CELLS = {
    "recipient": text_cell("Nyra Quill"),
    "phone": text_cell("(+44)7700900121"),
    "postcode": BLANK,
    "status": text_cell("AWAITING_SHIPMENT"),
    "qty": number_cell(2),
}


def test_kept_image_tells_no_buyer_and_everything_else():
    kept = json.dumps(images.keep(SEALER, CELLS))
    assert "Quill" not in kept
    assert "7700900121" not in kept
    assert "AWAITING_SHIPMENT" in kept


def test_unchanged_row_is_recalled_whole():
    """Through the database, which keeps JSON: what shows the same needs no write."""
    kept = json.loads(json.dumps(images.keep(SEALER, CELLS)))
    assert images.recall(SEALER, kept, CELLS) == CELLS


def test_changed_buyer_is_not_recalled_so_that_the_cell_is_written():
    kept = images.keep(SEALER, CELLS)
    after = {**CELLS, "phone": text_cell("(+44)7700900999"), "status": text_cell("IN_TRANSIT")}
    found = images.recall(SEALER, kept, after)
    assert "phone" not in found
    assert found["recipient"] == CELLS["recipient"]
    assert found["status"] == CELLS["status"]


def test_under_another_key_nothing_of_a_buyer_is_recalled():
    """After the keys were changed each such cell is looked at once more, and written only where it differs."""
    other = Sealer((Fernet.generate_key().decode(),))
    found = images.recall(other, images.keep(SEALER, CELLS), CELLS)
    assert set(found) == {"postcode", "status", "qty"}

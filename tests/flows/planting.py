"""Leaks that somebody plants in a sheet, each with the place where a proof has to find it; and proofs, run and told."""

from service.core.currencies import amount
from service.flows import proving
from service.store import proofs

TAB = "SLA Watch List"


def file_with_room(rig):
    """A warehouse's sheet with a few orders, written and at rest; and a free column beside ours."""
    rig.place(3)
    paper = rig.bound()
    paper.change({"appendDimension": {"sheetId": paper.sheet_id(), "dimension": "COLUMNS", "length": 3}})
    return paper


def prove(rig, paper):
    """The report of a proof that ran to its end."""
    proof = proving.prove_now(rig.services, rig.owner, paper.spreadsheet_id)
    rig.settle()
    return rig.read(proofs.proof, rig.owner.scope, proof.id)


def told(proof):
    """(title, tab, A1) of every finding's first place, with what kind of part it is."""
    return {(one["title"], one["tab"], one["part"], one["places"][0]["a1"]) for one in proof.body["findings"]}


def an_order(rig, paper, row=1):
    """The order that stands in this row of the sheet, counted from 0, with its buyer."""
    number = paper.rows()[row - 1]["Order ID"]
    (order,) = rig.read(lambda tx: proofs.orders_called(tx, rig.services.store.sealer, rig.account_id, [number]))
    return order


def free_column(paper):
    """Letter of the first column that is not ours, and its index."""
    at = len(paper.grid()[0])
    return chr(ord("A") + at), at


def cell(paper, row, column, *, fields, tab="", **data):
    """The owner changes one cell in a way that no typing does."""
    start = {"sheetId": paper.sheet_id(tab), "rowIndex": row, "columnIndex": column}
    paper.change({"updateCells": {"start": start, "fields": fields, "rows": [{"values": [data]}]}})


def add_tab(paper, title, *, hidden=False):
    paper.change({"addSheet": {"properties": {"title": title, "hidden": hidden}}})


def revenue_of(order):
    """What the product would show as the order's revenue."""
    return amount(order.payment.items_net + order.payment.platform_discount)


def plant_amount_beside_a_row(rig, paper, order):
    """Somebody types what the order brought beside its row, the way people write it."""
    letter, _ = free_column(paper)
    paper.type(f"{letter}2", f"{revenue_of(order):.2f}".replace(".", ","))
    return "Revenue", TAB, "cell", f"{letter}2"


def plant_cost_beside_a_row(rig, paper, order):
    """A figure that we do not hold, under a word that names it."""
    letter, _ = free_column(paper)
    paper.type(f"{letter}1", "Unit cost (GBP)")
    paper.type(f"{letter}2", "4.10")
    return "Unit cost", TAB, "cell", f"{letter}1"


def plant_name_in_a_hidden_tab(rig, paper, order):
    add_tab(paper, "Scratch", hidden=True)
    paper.type("C7", f"call {order.recipient.name.upper()} back", tab="Scratch")
    return "Recipient", "Scratch", "cell", "C7"


def plant_phone_in_a_note(rig, paper, order):
    _, at = free_column(paper)
    digits = order.recipient.phone.partition(")")[2]
    cell(paper, 1, at, fields="note", note=f"ring 0{digits[:4]} {digits[4:]} first")
    return "Phone", TAB, "note", f"{free_column(paper)[0]}2"


def plant_revenue_in_a_hidden_column(rig, paper, order):
    letter, at = free_column(paper)
    cell(paper, 1, at, fields="userEnteredValue", userEnteredValue={"numberValue": float(revenue_of(order))})
    area = {"sheetId": paper.sheet_id(), "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
    paper.change(
        {"updateDimensionProperties": {"range": area, "fields": "hiddenByUser", "properties": {"hiddenByUser": True}}}
    )
    return "Revenue", TAB, "cell", f"{letter}2"


def plant_address_in_metadata(rig, paper, order):
    """What another add-on noted about the file."""
    given = {
        "metadataKey": "ship_to",
        "metadataValue": order.recipient.address,
        "location": {"spreadsheet": True},
        "visibility": "DOCUMENT",
    }
    paper.change({"createDeveloperMetadata": {"developerMetadata": given}})
    return "Address", "", "metadata", ""


def plant_name_as_a_named_range(rig, paper, order):
    """Blanks become underscores in such a name."""
    name = "_".join("".join(filter(str.isalnum, word)) for word in order.recipient.name.split()) + "_parcel"
    area = {
        "sheetId": paper.sheet_id(),
        "startRowIndex": 4,
        "endRowIndex": 5,
        "startColumnIndex": 1,
        "endColumnIndex": 2,
    }
    paper.change({"addNamedRange": {"namedRange": {"name": name, "range": area}}})
    return "Recipient", TAB, "range-name", "B5"


def plant_criterion_of_a_filter_view(rig, paper, order):
    condition = {"type": "TEXT_CONTAINS", "values": [{"userEnteredValue": order.recipient.name}]}
    area = {"sheetId": paper.sheet_id(), "startRowIndex": 0, "startColumnIndex": 0, "endColumnIndex": 3}
    spec = {"columnIndex": 1, "filterCriteria": {"condition": condition}}
    paper.change({"addFilterView": {"filter": {"title": "mine", "range": area, "filterSpecs": [spec]}}})
    return "Recipient", TAB, "filter", "A1"


def plant_price_in_a_formula(rig, paper, order):
    """The figure is nowhere but in what the formula makes."""
    letter, _ = free_column(paper)
    whole, _, part = f"{revenue_of(order):.2f}".partition(".")
    paper.type(f"{letter}2", f'="sold for £"&"{whole}"&"."&"{part}"')
    return "Revenue", TAB, "cell", f"{letter}2"


def plant_names_in_a_list_of_choices(rig, paper, order):
    rule = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": order.recipient.name}]}}
    _, at = free_column(paper)
    area = {
        "sheetId": paper.sheet_id(),
        "startRowIndex": 8,
        "endRowIndex": 9,
        "startColumnIndex": at,
        "endColumnIndex": at + 1,
    }
    paper.change({"setDataValidation": {"range": area, "rule": rule}})
    return "Recipient", TAB, "choices", f"{free_column(paper)[0]}9"


def plant_white_on_white(rig, paper, order):
    white = {"red": 1, "green": 1, "blue": 1}
    _, at = free_column(paper)
    cell(
        paper,
        2,
        at,
        fields="userEnteredValue,userEnteredFormat",
        userEnteredValue={"stringValue": order.recipient.buyer_email},
        userEnteredFormat={"backgroundColor": white, "textFormat": {"foregroundColor": white}},
    )
    return "Buyer e-mail", TAB, "cell", f"{free_column(paper)[0]}3"


def plant_name_as_a_chart_title(rig, paper, order):
    spec = {"title": f"Orders of {order.recipient.name}", "basicChart": {"chartType": "LINE"}}
    anchor = {"anchorCell": {"sheetId": paper.sheet_id(), "rowIndex": 11, "columnIndex": 2}}
    paper.change({"addChart": {"chart": {"spec": spec, "position": {"overlayPosition": anchor}}}})
    return "Recipient", TAB, "chart", "C12"


def plant_address_in_a_protection(rig, paper, order):
    area = {
        "sheetId": paper.sheet_id(),
        "startRowIndex": 1,
        "endRowIndex": 2,
        "startColumnIndex": 0,
        "endColumnIndex": 1,
    }
    about = {"range": area, "description": order.recipient.address, "warningOnly": True}
    paper.change({"addProtectedRange": {"protectedRange": about}})
    return "Address", TAB, "protection", "A2"


PLANTS = (
    plant_amount_beside_a_row,
    plant_cost_beside_a_row,
    plant_name_in_a_hidden_tab,
    plant_phone_in_a_note,
    plant_revenue_in_a_hidden_column,
    plant_address_in_metadata,
    plant_name_as_a_named_range,
    plant_criterion_of_a_filter_view,
    plant_price_in_a_formula,
    plant_names_in_a_list_of_choices,
    plant_white_on_white,
    plant_name_as_a_chart_title,
    plant_address_in_a_protection,
)

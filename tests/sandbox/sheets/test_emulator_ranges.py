"""Things that lie over ranges: filters, banding, conditional formats, names, protections, tables, charts."""


def test_basic_filter_hides_rows_and_is_bounded(api):
    book = api.new()
    api.write(book, "A1", [["k", "n"], ["a", 1], ["b", 20], ["c", 3]])
    condition = {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "2"}]}
    specs = [
        {"columnIndex": 0, "filterCriteria": {"hiddenValues": ["C"]}},
        {"columnIndex": 1, "filterCriteria": {"condition": condition}},
    ]
    api.batch(book, {"setBasicFilter": {"filter": {"range": {"sheetId": 0}, "filterSpecs": specs}}})
    told = api.get(book, ranges="A1:A4", includeGridData=True)["sheets"][0]
    assert told["basicFilter"]["range"] == {
        "startRowIndex": 0,
        "endRowIndex": 1000,
        "startColumnIndex": 0,
        "endColumnIndex": 26,
    }
    hidden = [row.get("hiddenByFilter", False) for row in told["data"][0]["rowMetadata"]]
    assert hidden == [False, True, False, True]
    assert api.values(book, "A1:A4") == [["k"], ["a"], ["b"], ["c"]]
    api.batch(book, {"clearBasicFilter": {"sheetId": 0}})
    told = api.get(book, ranges="A1:A4", includeGridData=True)["sheets"][0]
    assert not any("hiddenByFilter" in row for row in told["data"][0]["rowMetadata"])
    assert "basicFilter" not in told


def test_filter_views_move_nothing(api):
    book = api.new()
    api.write(book, "A1", [["b"], ["a"]])
    view = {"title": "Open", "filterViewId": 5, "range": {"sheetId": 0}, "sortSpecs": [{"dimensionIndex": 0}]}
    told = api.batch(book, {"addFilterView": {"filter": view}})["replies"][0]["addFilterView"]["filter"]
    assert (told["filterViewId"], told["title"]) == (5, "Open")
    assert api.values(book) == [["b"], ["a"]]
    api.batch(
        book,
        {"updateFilterView": {"filter": {"filterViewId": 5, "title": "Late"}, "fields": "title"}},
        {"duplicateFilterView": {"filterId": 5}},
    )
    assert [v["title"] for v in api.get(book)["sheets"][0]["filterViews"]] == ["Late", "Copy of Late"]
    api.batch(book, {"deleteFilterView": {"filterId": 5}})
    assert len(api.get(book)["sheets"][0]["filterViews"]) == 1


def test_banding_may_not_overlap(api):
    book = api.new()
    banded = {"range": {"sheetId": 0, "endRowIndex": 5}, "rowProperties": {"headerColor": {"red": 0.5}}}
    told = api.batch(book, {"addBanding": {"bandedRange": banded}})["replies"][0]["addBanding"]["bandedRange"]
    assert told["rowProperties"]["headerColorStyle"] == {"rgbColor": {"red": 0.49803922}}
    refusal = api.batch(book, {"addBanding": {"bandedRange": banded}})
    assert "already has alternating background colors" in refusal["message"]
    api.batch(book, {"deleteBanding": {"bandedRangeId": told["bandedRangeId"]}})
    assert "bandedRanges" not in api.get(book)["sheets"][0]


def test_conditional_rules_shift_at_insertion(api):
    book = api.new()

    def rule(text):
        condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": text}]}
        style = {"backgroundColor": {"red": 1}}
        return {
            "ranges": [{"sheetId": 0, "endColumnIndex": 3}],
            "booleanRule": {"condition": condition, "format": style},
        }

    api.batch(book, *({"addConditionalFormatRule": {"rule": rule(f"=A1={n}"), "index": 0}} for n in (1, 2)))
    told = api.batch(
        book,
        {"updateConditionalFormatRule": {"sheetId": 0, "index": 0, "newIndex": 1}},
        {"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}},
    )
    gone = told["replies"][1]["deleteConditionalFormatRule"]["rule"]
    assert gone["booleanRule"]["condition"]["values"] == [{"userEnteredValue": "=A1=1"}]
    (left,) = api.get(book)["sheets"][0]["conditionalFormats"]
    assert left["booleanRule"]["condition"]["values"] == [{"userEnteredValue": "=A1=2"}]
    assert "userEnteredValue" in api.batch(book, {"addConditionalFormatRule": {"rule": rule("no formula")}})["message"]


def test_named_ranges_are_unique_and_readable(api):
    book = api.new()
    api.write(book, "B2", [["x"]])
    where = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 1, "endColumnIndex": 2}
    told = api.batch(book, {"addNamedRange": {"namedRange": {"name": "Box", "range": where}}})
    number = told["replies"][0]["addNamedRange"]["namedRange"]["namedRangeId"]
    assert api.read(book, "box")["range"] == "Sheet1!B2:B3"
    assert (
        "already exists"
        in api.batch(book, {"addNamedRange": {"namedRange": {"name": "BOX", "range": where}}})["message"]
    )
    named = {"namedRangeId": number, "name": "Crate"}
    api.batch(book, {"updateNamedRange": {"namedRange": named, "fields": "name"}})
    assert api.values(book, "Crate") == [["x"]]
    api.batch(book, {"deleteNamedRange": {"namedRangeId": number}})
    assert api.read(book, "Crate")["message"] == "Unable to parse range: Crate"


def test_protection_binds_others_but_not_the_owner(as_person, api):
    owner, writer = as_person("owner"), as_person("writer")
    book = owner.new()
    owner.share(book, "writer@rowstream.iam.gserviceaccount.com")
    where = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1}
    told = owner.batch(book, {"addProtectedRange": {"protectedRange": {"range": where}}})
    protected = told["replies"][0]["addProtectedRange"]["protectedRange"]
    assert protected == {
        "protectedRangeId": protected["protectedRangeId"],
        "range": {"startRowIndex": 0, "endRowIndex": 1},
        "requestingUserCanEdit": True,
        "editors": {},
    }
    assert owner.get(book)["sheets"][0]["protectedRanges"][0]["editors"]["users"]
    (shut,) = writer.get(book)["sheets"][0]["protectedRanges"]
    assert shut == {"protectedRangeId": protected["protectedRangeId"], "range": {"startRowIndex": 0, "endRowIndex": 1}}
    assert "protected cell or object" in writer.write(book, "A1", [["x"]])["message"]
    assert "updatedCells" in writer.write(book, "A2", [["x"]])
    assert "updatedCells" in owner.write(book, "A1", [["x"]])
    gone = {"deleteProtectedRange": {"protectedRangeId": protected["protectedRangeId"]}}
    assert "protected" in writer.batch(book, gone)["message"]
    owner.batch(book, gone)
    assert "updatedCells" in writer.write(book, "A1", [["y"]])


def test_sheet_protection_twice_is_refused(api):
    book = api.new()
    request = {"addProtectedRange": {"protectedRange": {"range": {"sheetId": 0}}}}
    api.batch(book, request)
    refusal = api.batch(book, request)
    assert refusal["message"] == 'Invalid requests[0].addProtectedRange: Sheet "Sheet1" already has sheet protection.'


def test_table_keeps_cells_and_brings_banding(api):
    book = api.new()
    api.write(book, "A1", [["Key", "Qty"], ["a", 1]])
    where = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
    told = api.batch(book, {"addTable": {"table": {"tableId": "77", "name": "Orders", "range": where}}})
    table = told["replies"][0]["addTable"]["table"]
    assert [c["columnName"] for c in table["columnProperties"]] == ["Key", "Qty"]
    assert "columnIndex" not in table["columnProperties"][0]
    sheet = api.get(book)["sheets"][0]
    assert sheet["properties"]["gridProperties"]["frozenRowCount"] == 1
    assert (sheet["bandedRanges"][0]["bandedRangeId"], sheet["bandedRanges"][0]["bandedRangeReference"]) == (77, "77")
    assert "bandedRanges" not in api.get(book, excludeTablesInBandedRanges="true")["sheets"][0]
    rows = [{"values": [{"userEnteredValue": {"stringValue": "lost"}}]}]
    api.batch(book, {"appendCells": {"tableId": "77", "rows": rows, "fields": "userEnteredValue"}})
    assert api.values(book) == [["Key", "Qty"], ["a", "1"]]
    assert api.get(book)["sheets"][0]["tables"][0]["range"]["endRowIndex"] == 3
    grown = {"tableId": "77", "range": where | {"endRowIndex": 9}}
    api.batch(book, {"updateTable": {"table": grown, "fields": "range"}})
    assert api.get(book)["sheets"][0]["bandedRanges"][0]["range"]["endRowIndex"] == 9
    api.batch(book, {"deleteTable": {"tableId": "77"}})
    assert "tables" not in api.get(book)["sheets"][0]


def test_ways_to_append_to_a_table(api):
    """By its id it grows and drops the values; by the tab it gets values and does not grow; values.append does both."""
    book = api.new(rows=20, columns=4)
    api.write(book, "A1", [["id", "qty"], ["a", 1]])
    where = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
    api.batch(book, {"addTable": {"table": {"tableId": "7", "name": "T", "range": where}}})

    def ends():
        (sheet,) = api.get(book)["sheets"]
        return sheet["tables"][0]["range"]["endRowIndex"], sheet["bandedRanges"][0]["range"]["endRowIndex"]

    rows = [{"values": [{"userEnteredValue": {"stringValue": "x"}}]}]
    api.append(book, "A1:B2", [["b", 2]], insertDataOption="INSERT_ROWS")
    assert ends() == (3, 3)
    api.batch(book, {"appendCells": {"tableId": "7", "rows": rows, "fields": "userEnteredValue"}})
    assert ends() == (4, 4)
    assert api.values(book) == [["id", "qty"], ["a", "1"], ["b", "2"]]
    api.batch(book, {"appendCells": {"sheetId": 0, "rows": rows, "fields": "userEnteredValue"}})
    assert ends() == (4, 4)
    assert api.values(book, "A4") == [["x"]]
    unknown = {"appendCells": {"tableId": "8", "rows": rows, "fields": "userEnteredValue"}}
    assert api.batch(book, unknown)["message"] == "Invalid requests[0].appendCells: No table with id: 8"


def test_a_column_of_checkboxes_counts_as_data(api, control):
    book = api.new(rows=9, columns=3)
    api.write(book, "A1", [["h"]])
    rule = {"condition": {"type": "BOOLEAN"}}
    api.batch(
        book, {"setDataValidation": {"range": {"sheetId": 0, "startColumnIndex": 2, "endRowIndex": 6}, "rule": rule}}
    )
    rows = [{"values": [{"userEnteredValue": {"stringValue": "x"}}]}]
    api.batch(book, {"appendCells": {"sheetId": 0, "rows": rows, "fields": "userEnteredValue"}})
    assert api.values(book, "A7") == [["x"]]


def test_chart_is_kept_and_moved(api):
    book = api.new()
    source = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 5, "startColumnIndex": 0, "endColumnIndex": 1}
    series = [{"series": {"sourceRange": {"sources": [source]}}}]
    chart = {
        "chartId": 4,
        "spec": {"title": "T", "basicChart": {"chartType": "LINE", "series": series}},
        "position": {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 1, "columnIndex": 2}}},
    }
    told = api.batch(book, {"addChart": {"chart": chart}})["replies"][0]["addChart"]["chart"]
    assert told["position"]["overlayPosition"]["widthPixels"] == 600
    source["endColumnIndex"] = 3
    refusal = api.batch(book, {"addChart": {"chart": chart | {"chartId": 5}}})
    assert "exactly one dimension of length 1" in refusal["message"]
    api.batch(book, {"deleteEmbeddedObject": {"objectId": 4}})
    assert "charts" not in api.get(book)["sheets"][0]

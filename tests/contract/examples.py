"""One good example of every method and of every kind of request, each against a small spreadsheet of its own.

The spreadsheet has one tab, id 0, ten rows and five columns, with a header and three rows of values.
"""

AREA = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 3}
BELOW = {**AREA, "startRowIndex": 5, "endRowIndex": 9}
ROWS = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 3}
COLUMN = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
START = {"sheetId": 0, "rowIndex": 1, "columnIndex": 1}
TEXT = {"userEnteredValue": {"stringValue": "x"}}
LOOKUP = {"developerMetadataLookup": {"metadataKey": "k"}}
MARK = {
    "metadataId": 5,
    "metadataKey": "k",
    "metadataValue": "v",
    "visibility": "DOCUMENT",
    "location": {"dimensionRange": COLUMN},
}
MARKED = {"createDeveloperMetadata": {"developerMetadata": MARK}}
SERIES = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 4, "startColumnIndex": 1, "endColumnIndex": 2}
SPEC = {
    "title": "Sales",
    "basicChart": {"chartType": "LINE", "series": [{"series": {"sourceRange": {"sources": [SERIES]}}}]},
}
OVERLAY = {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 6, "columnIndex": 3}}}
CHART = {"addChart": {"chart": {"chartId": 6, "spec": SPEC, "position": OVERLAY}}}
VIEW = {"addFilterView": {"filter": {"filterViewId": 7, "title": "Due", "range": AREA}}}
BANDS = {"firstBandColorStyle": {"rgbColor": {"blue": 1}}, "secondBandColorStyle": {"themeColor": "ACCENT1"}}
BANDING = {"addBanding": {"bandedRange": {"bandedRangeId": 8, "range": AREA, "rowProperties": BANDS}}}
NAME = {"addNamedRange": {"namedRange": {"namedRangeId": "n", "name": "orders", "range": AREA}}}
PROTECTION = {"addProtectedRange": {"protectedRange": {"protectedRangeId": 9, "range": AREA, "warningOnly": True}}}
GROUP = {"addDimensionGroup": {"range": ROWS}}
TABLE = {"addTable": {"table": {"tableId": "44", "name": "Orders", "range": AREA}}}
RED = {"backgroundColorStyle": {"rgbColor": {"red": 1}}}
RULE = {
    "ranges": [AREA],
    "booleanRule": {"condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$A1=1"}]}, "format": RED},
}
FORMAT = {"addConditionalFormatRule": {"index": 0, "rule": RULE}}
ONE_OF = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "open"}]}, "strict": True}
MOVED_BANDING = {"bandedRange": {"bandedRangeId": 8, "range": BELOW}, "fields": "range"}
LINE = {"style": "SOLID", "colorStyle": {"rgbColor": {}}}

REQUESTS = {
    "addBanding": [BANDING],
    "addChart": [CHART],
    "addConditionalFormatRule": [FORMAT],
    "addDimensionGroup": [GROUP],
    "addFilterView": [VIEW],
    "addNamedRange": [NAME],
    "addProtectedRange": [PROTECTION],
    "addSheet": [{"addSheet": {"properties": {"title": "New", "tabColorStyle": {"rgbColor": {"red": 0.5}}}}}],
    "addTable": [TABLE],
    "appendCells": [{"appendCells": {"sheetId": 0, "rows": [{"values": [TEXT]}], "fields": "userEnteredValue"}}],
    "appendDimension": [{"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 2}}],
    "autoFill": [{"autoFill": {"range": {**AREA, "endRowIndex": 8}}}],
    "autoResizeDimensions": [{"autoResizeDimensions": {"dimensions": COLUMN}}],
    "clearBasicFilter": [{"clearBasicFilter": {"sheetId": 0}}],
    "copyPaste": [{"copyPaste": {"source": AREA, "destination": BELOW, "pasteType": "PASTE_NORMAL"}}],
    "createDeveloperMetadata": [MARKED],
    "cutPaste": [{"cutPaste": {"source": AREA, "destination": {**START, "rowIndex": 5}, "pasteType": "PASTE_NORMAL"}}],
    "deleteBanding": [BANDING, {"deleteBanding": {"bandedRangeId": 8}}],
    "deleteConditionalFormatRule": [FORMAT, {"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}}],
    "deleteDeveloperMetadata": [MARKED, {"deleteDeveloperMetadata": {"dataFilter": LOOKUP}}],
    "deleteDimension": [{"deleteDimension": {"range": ROWS}}],
    "deleteDimensionGroup": [GROUP, {"deleteDimensionGroup": {"range": ROWS}}],
    "deleteDuplicates": [{"deleteDuplicates": {"range": AREA}}],
    "deleteEmbeddedObject": [CHART, {"deleteEmbeddedObject": {"objectId": 6}}],
    "deleteFilterView": [VIEW, {"deleteFilterView": {"filterId": 7}}],
    "deleteNamedRange": [NAME, {"deleteNamedRange": {"namedRangeId": "n"}}],
    "deleteProtectedRange": [PROTECTION, {"deleteProtectedRange": {"protectedRangeId": 9}}],
    "deleteRange": [{"deleteRange": {"range": {**AREA, "endRowIndex": 1}, "shiftDimension": "ROWS"}}],
    "deleteSheet": [{"addSheet": {"properties": {"sheetId": 3}}}, {"deleteSheet": {"sheetId": 3}}],
    "deleteTable": [TABLE, {"deleteTable": {"tableId": "44"}}],
    "duplicateFilterView": [VIEW, {"duplicateFilterView": {"filterId": 7}}],
    "duplicateSheet": [{"duplicateSheet": {"sourceSheetId": 0, "newSheetName": "Twin"}}],
    "findReplace": [{"findReplace": {"find": "a", "replacement": "b", "allSheets": True}}],
    "insertDimension": [{"insertDimension": {"range": ROWS, "inheritFromBefore": True}}],
    "insertRange": [{"insertRange": {"range": AREA, "shiftDimension": "ROWS"}}],
    "mergeCells": [{"mergeCells": {"range": BELOW, "mergeType": "MERGE_ROWS"}}],
    "moveDimension": [{"moveDimension": {"source": ROWS, "destinationIndex": 5}}],
    "pasteData": [{"pasteData": {"coordinate": START, "data": "1,2", "delimiter": ",", "type": "PASTE_NORMAL"}}],
    "randomizeRange": [{"randomizeRange": {"range": AREA}}],
    "repeatCell": [{"repeatCell": {"range": AREA, "cell": {"userEnteredFormat": RED}, "fields": "userEnteredFormat"}}],
    "setBasicFilter": [{"setBasicFilter": {"filter": {"range": AREA}}}],
    "setDataValidation": [{"setDataValidation": {"range": AREA, "rule": ONE_OF}}],
    "sortRange": [{"sortRange": {"range": AREA, "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]}}],
    "textToColumns": [{"textToColumns": {"source": {**AREA, "endColumnIndex": 1}, "delimiterType": "COMMA"}}],
    "trimWhitespace": [{"trimWhitespace": {"range": AREA}}],
    "unmergeCells": [{"unmergeCells": {"range": AREA}}],
    "updateBanding": [
        BANDING,
        {"updateBanding": MOVED_BANDING},
    ],
    "updateBorders": [{"updateBorders": {"range": AREA, "top": LINE, "innerVertical": LINE}}],
    "updateCells": [{"updateCells": {"start": START, "rows": [{"values": [TEXT]}], "fields": "userEnteredValue,note"}}],
    "updateChartSpec": [CHART, {"updateChartSpec": {"chartId": 6, "spec": SPEC}}],
    "updateConditionalFormatRule": [FORMAT, {"updateConditionalFormatRule": {"index": 0, "rule": RULE}}],
    "updateDeveloperMetadata": [
        MARKED,
        {
            "updateDeveloperMetadata": {
                "dataFilters": [LOOKUP],
                "developerMetadata": {"metadataValue": "w"},
                "fields": "metadataValue",
            }
        },
    ],
    "updateDimensionGroup": [
        GROUP,
        {
            "updateDimensionGroup": {
                "dimensionGroup": {"range": ROWS, "depth": 1, "collapsed": True},
                "fields": "collapsed",
            }
        },
    ],
    "updateDimensionProperties": [
        {"updateDimensionProperties": {"range": COLUMN, "properties": {"pixelSize": 240}, "fields": "pixelSize"}}
    ],
    "updateEmbeddedObjectPosition": [
        CHART,
        {"updateEmbeddedObjectPosition": {"objectId": 6, "newPosition": OVERLAY, "fields": "anchorCell"}},
    ],
    "updateFilterView": [
        VIEW,
        {"updateFilterView": {"filter": {"filterViewId": 7, "title": "Overdue"}, "fields": "title"}},
    ],
    "updateNamedRange": [
        NAME,
        {"updateNamedRange": {"namedRange": {"namedRangeId": "n", "name": "rows"}, "fields": "name"}},
    ],
    "updateProtectedRange": [
        PROTECTION,
        {
            "updateProtectedRange": {
                "protectedRange": {"protectedRangeId": 9, "description": "ours"},
                "fields": "description",
            }
        },
    ],
    "updateSheetProperties": [
        {
            "updateSheetProperties": {
                "properties": {"sheetId": 0, "gridProperties": {"frozenRowCount": 1}},
                "fields": "gridProperties.frozenRowCount",
            }
        }
    ],
    "updateSpreadsheetProperties": [
        {"updateSpreadsheetProperties": {"properties": {"locale": "de_DE"}, "fields": "locale"}}
    ],
    "updateTable": [TABLE, {"updateTable": {"table": {"tableId": "44", "name": "Sales"}, "fields": "name"}}],
}
"""Kind → requests of one batch, of which the last is of this kind."""

VALUES = {"values": [["x", None, 3]]}
RAW = {"valueInputOption": "RAW"}
BOOK = {"spreadsheetId": "{book}"}
SPREADSHEET = "application/vnd.google-apps.spreadsheet"

METHODS = {
    "sheets": {
        "spreadsheets.batchUpdate": ({"requests": [FORMAT]}, BOOK),
        "spreadsheets.create": ({"properties": {"title": "Made"}, "sheets": [{"properties": {"title": "One"}}]}, {}),
        "spreadsheets.get": (None, BOOK | {"ranges": ["A1:B2"], "includeGridData": True}),
        "spreadsheets.getByDataFilter": ({"dataFilters": [{"gridRange": AREA}], "includeGridData": True}, BOOK),
        "spreadsheets.developerMetadata.get": (None, BOOK | {"metadataId": 5}),
        "spreadsheets.developerMetadata.search": ({"dataFilters": [LOOKUP]}, BOOK),
        "spreadsheets.sheets.copyTo": ({"destinationSpreadsheetId": "{book}"}, BOOK | {"sheetId": 0}),
        "spreadsheets.values.append": (VALUES, BOOK | RAW | {"range": "A1"}),
        "spreadsheets.values.batchClear": ({"ranges": ["A2:B2", "C3"]}, BOOK),
        "spreadsheets.values.batchClearByDataFilter": ({"dataFilters": [{"a1Range": "A2"}]}, BOOK),
        "spreadsheets.values.batchGet": (None, BOOK | {"ranges": ["A1:B2", "C1"]}),
        "spreadsheets.values.batchGetByDataFilter": ({"dataFilters": [{"gridRange": AREA}, LOOKUP]}, BOOK),
        "spreadsheets.values.batchUpdate": ({**RAW, "data": [{"range": "A1", **VALUES}]}, BOOK),
        "spreadsheets.values.batchUpdateByDataFilter": (
            {**RAW, "data": [{"dataFilter": {"a1Range": "A1:C1"}, **VALUES}]},
            BOOK,
        ),
        "spreadsheets.values.clear": ({}, BOOK | {"range": "A1:B2"}),
        "spreadsheets.values.get": (None, BOOK | {"range": "A1:B2"}),
        "spreadsheets.values.update": (VALUES, BOOK | RAW | {"range": "A1", "includeValuesInResponse": True}),
    },
    "drive": {
        "files.copy": ({"name": "Twin"}, {"fileId": "{book}"}),
        "files.create": ({"name": "File", "mimeType": SPREADSHEET}, {}),
        "files.delete": (None, {"fileId": "{spare}"}),
        "files.get": (None, {"fileId": "{book}", "fields": "*", "supportsAllDrives": True}),
        "files.list": (None, {"q": "trashed = false", "fields": "*", "pageSize": 2}),
        "files.update": ({"name": "Renamed"}, {"fileId": "{book}", "fields": "id,name,version,modifiedTime"}),
        "permissions.create": (
            {"type": "user", "role": "writer", "emailAddress": "sam@packright.example"},
            {"fileId": "{book}", "sendNotificationEmail": False, "fields": "*"},
        ),
        "permissions.delete": (None, {"fileId": "{book}", "permissionId": "anyoneWithLink"}),
        "permissions.get": (None, {"fileId": "{book}", "permissionId": "anyoneWithLink", "fields": "*"}),
        "permissions.list": (None, {"fileId": "{book}", "fields": "*"}),
        "permissions.update": (
            {"role": "commenter"},
            {"fileId": "{book}", "permissionId": "anyoneWithLink", "fields": "id,role"},
        ),
    },
}
"""Service → method → its body and parameters; `{book}` and `{spare}` stand for ids."""

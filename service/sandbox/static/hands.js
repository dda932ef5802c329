// What a person does in the sheet with their own hands, as calls to the emulator's control door.

import { cellAddress, columnLetters } from "./a1.js";
import { post } from "./api.js";

const DOOR = "/sheets/control/hands/";

/** Deeds in one tab of a file. */
export function handsOf({ file, tab }) {
  const act = (deed, body, sheetId = tab.id) => post(`${DOOR}${deed}`, { spreadsheet_id: file, sheet_id: sheetId, ...body });
  return {
    type: (row, column, text) => (text === ""
      ? act("clear", { cells: cellAddress(row, column) })
      : act("type", { cell: cellAddress(row, column), text })),
    sort: (column, order) => act("sort", { column: columnLetters(column), order }),
    insertColumns: (at) => act("insert", { dimension: "COLUMNS", at }),
    insertRows: (at) => act("insert", { dimension: "ROWS", at }),
    deleteColumns: (at) => act("delete", { dimension: "COLUMNS", at }),
    deleteRows: (at) => act("delete", { dimension: "ROWS", at }),
    moveColumn: (at, to) => act("move", { dimension: "COLUMNS", at, to }),
    duplicateRow: (at) => act("duplicate-row", { at }),
    addTab: (title) => post(`${DOOR}add-tab`, { spreadsheet_id: file, title }),
    renameTab: (id, title) => act("rename-tab", { title }, id),
    deleteTab: (id) => act("delete-tab", {}, id),
  };
}

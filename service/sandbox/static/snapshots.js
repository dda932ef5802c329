// Files and their live content: a long poll per open file, and the model that the grid draws.

import { get } from "./api.js";

const DOOR = "/sheets/control/spreadsheets";
const CALM_MS = 1500;
const ROWS_STEP = 400;

/** The files this person may open, youngest first: [{id, title, owner, role, granted}]. */
export async function listFiles(email) {
  return (await get(`/preview/files?email=${encodeURIComponent(email)}`)).files;
}

/** Follows one file. Only as many rows are fetched as somebody has scrolled to. */
export class Watch {
  /** `show(model, changed)` is called for each new picture. */
  constructor(id, show) {
    this.id = id;
    this.show = show;
    this.rows = ROWS_STEP;
    this.alive = true;
    this.follow();
  }

  stop() {
    this.alive = false;
    this.waiting?.abort();
  }

  /** Rows up to this one are in sight: more are fetched when they are missing. */
  reach(row) {
    const wanted = Math.ceil((row + ROWS_STEP / 2) / ROWS_STEP) * ROWS_STEP;
    if (wanted === this.rows || (wanted < this.rows && wanted > ROWS_STEP)) return;
    const more = wanted > this.rows;
    this.rows = wanted;
    if (more) { this.hurry = true; this.waiting?.abort(); }
  }

  async follow() {
    let before = null;
    while (this.alive) {
      const asked = this.rows;
      const since = this.hurry || !before ? -1 : before.version;
      this.hurry = false;
      const snapshot = await this.look(since, asked);
      if (!this.alive) return;
      if (snapshot === null || (since >= 0 && snapshot.version === since)) continue;
      const model = new FileModel(snapshot, asked);
      this.show(model, before ? changesBetween(before, model) : new Map());
      before = model;
    }
  }

  /** The picture once it is newer than `since`; null, after a pause, when it did not come. */
  async look(since, rows) {
    this.waiting = new AbortController();
    try {
      return await get(`${DOOR}/${this.id}?since=${since}&rows=${rows}`, { signal: this.waiting.signal });
    } catch (error) {
      if (error.name !== "AbortError") await new Promise((resolve) => { setTimeout(resolve, CALM_MS); });
      return null;
    }
  }
}

/** Places that differ, per tab id: Map of [[row, column], …]; only rows that both pictures hold are compared. */
function changesBetween(before, after) {
  const changes = new Map();
  if (before.version === after.version) return changes;
  for (const tab of after.tabs) {
    const old = before.tabs.find((one) => one.id === tab.id);
    if (!old) continue;
    const places = [];
    const both = Math.min(before.rowsAsked, after.rowsAsked, Math.max(tab.storedRows, old.storedRows));
    for (let row = 0; row < both; row += 1) {
      for (const column of columnsOf(tab, old, row)) {
        if (tab.cell(row, column)?.text !== old.cell(row, column)?.text) places.push([row, column]);
      }
    }
    if (places.length) changes.set(tab.id, places);
  }
  return changes;
}

const columnsOf = (tab, old, row) => new Set([...(tab.rows.get(row)?.keys() ?? []), ...(old.rows.get(row)?.keys() ?? [])]);

class FileModel {
  constructor(snapshot, rowsAsked) {
    this.id = snapshot.id;
    this.title = snapshot.title;
    this.version = snapshot.version;
    this.tabs = snapshot.sheets.map((sheet) => new TabModel(sheet));
    this.rowsAsked = rowsAsked;
  }
}

class TabModel {
  constructor(sheet) {
    this.id = sheet.sheet_id;
    this.title = sheet.title;
    this.hidden = sheet.hidden;
    this.rowCount = sheet.row_count;
    this.columnCount = sheet.column_count;
    this.frozenRows = sheet.frozen_rows;
    this.frozenColumns = sheet.frozen_columns;
    this.hiddenRows = new Set(sheet.hidden_rows);
    this.hiddenColumns = new Set(sheet.columns.flatMap((column, at) => (column.hidden ? [at] : [])));
    this.widths = new Map(sheet.columns.map((column, at) => [at, column.width]));
    this.storedRows = sheet.stored_rows;
    this.views = sheet.views;
    this.warnings = sheet.warnings;
    this.rows = new Map(sheet.rows.map(([row, cells]) => [row, new Map(cells.map((cell) => [cell.c, cellOf(cell)]))]));
  }

  cell(row, column) {
    return this.rows.get(row)?.get(column) ?? null;
  }

  /** The filter view with this id, or null. */
  view(id) {
    return this.views.find((one) => one.id === id) ?? null;
  }

  /** What to tell who types into this column; empty for none. */
  warningAt(column) {
    return this.warnings.find(({ columns: [start, end] }) => column >= start && column < end)?.says ?? "";
  }

  /** Whether the first row looks like a written header: frozen, with words in it. */
  get hasHeader() {
    return this.frozenRows > 0 && (this.rows.get(0)?.size ?? 0) > 2;
  }

  /** Rows with content below the header. */
  get filledRows() {
    return Math.max(0, this.storedRows - this.frozenRows);
  }
}

function cellOf(cell) {
  return {
    text: cell.t, input: cell.f ?? cell.t, kind: cell.k, note: cell.note, link: cell.link, wrong: cell.wrong,
    style: {
      bold: cell.bold, italic: cell.italic, strike: cell.strike, underline: cell.underline, colour: cell.color,
      background: cell.background, align: cell.align, wrap: cell.wrap,
    },
  };
}

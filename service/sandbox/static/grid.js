// A sheet's grid: only the rows and columns in sight are in the page, however many there are.
//
// Rows and columns are counted from 0 here, as in the grid ranges of the Sheets API.

import { h } from "./dom.js";
import { columnLetters } from "./a1.js";
import { drawCell } from "./cell.js";
import { CellEditor } from "./editor.js";

const ROW_PX = 21;
const HEAD_PX = 24;
const NUMBERS_PX = 46;
const SPARE = 6;
const FLASH_MS = 1600;

export class Grid {
  /** `on` has select(), edit(row, column, text), menu(kind, event), reach(row). */
  constructor(host, on) {
    this.on = on;
    this.at = { row: 0, column: 0, kind: "cell" };
    this.rows = new Map();
    this.flashes = new Map();
    this.letters = h("div", { class: "grid-letters", role: "row" });
    this.frozen = h("div", { class: "grid-frozen" });
    this.head = h("div", { class: "grid-head" }, this.letters, this.frozen);
    this.size = h("div", { class: "grid-size" }, this.head);
    this.scroll = h("div", { class: "grid-scroll", role: "grid", tabindex: 0, "aria-label": "Cells" }, this.size);
    this.tip = h("div", { class: "note-tip", role: "tooltip", hidden: true });
    host.replaceChildren(this.scroll, this.tip);
    this.host = host;
    this.editor = new CellEditor(this);
    this.listen();
  }

  /** Shows `tab`, through the filter view with this id if there is one; with `keep` the place and selection stay. */
  show(tab, { keep = false, view = null } = {}) {
    this.tab = tab;
    this.view = tab.view(view);
    if (!keep) {
      this.at = { row: 0, column: 0, kind: "cell" };
      this.flashes.clear();
      this.scroll.scrollTo(0, 0);
    }
    this.at.row = Math.min(this.at.row, tab.rowCount - 1);
    this.at.column = Math.min(this.at.column, tab.columnCount - 1);
    this.measure();
    this.redraw();
    this.on.select();
  }

  /** Cells that changed: [[row, column], …]. They light up for a moment. */
  flash(places) {
    const now = performance.now();
    for (const [row, column] of places) this.flashes.set(`${row}:${column}`, now);
  }

  measure() {
    const { tab } = this;
    this.widths = Array.from({ length: tab.columnCount }, (_, column) => (tab.hiddenColumns.has(column) ? 0 : tab.widths.get(column) ?? 100));
    this.lefts = [NUMBERS_PX];
    for (const width of this.widths) this.lefts.push(this.lefts.at(-1) + width);
    this.lines = [];
    if (this.view) this.lines = this.view.rows.filter((row) => row >= tab.frozenRows);
    else for (let row = tab.frozenRows; row < tab.rowCount; row += 1) if (!tab.hiddenRows.has(row)) this.lines.push(row);
    this.headHeight = HEAD_PX + tab.frozenRows * ROW_PX;
    this.size.style.width = `${this.lefts.at(-1) + 40}px`;
    this.size.style.height = `${this.headHeight + this.lines.length * ROW_PX + 60}px`;
    this.scroll.setAttribute("aria-rowcount", tab.rowCount);
    this.scroll.setAttribute("aria-colcount", tab.columnCount);
  }

  redraw() {
    this.tip.hidden = true;
    for (const element of this.rows.values()) element.remove();
    this.rows.clear();
    this.columnsDrawn = null;
    this.draw();
  }

  draw() {
    this.drawing = false;
    const { scrollTop, scrollLeft, clientHeight, clientWidth } = this.scroll;
    const span = this.columnSpan(scrollLeft, clientWidth);
    const key = span.join("-");
    if (key !== this.columnsDrawn) {
      for (const element of this.rows.values()) element.remove();
      this.rows.clear();
      this.columnsDrawn = key;
      this.drawHead(span);
    }
    const first = Math.max(0, Math.floor(scrollTop / ROW_PX) - SPARE);
    const last = Math.min(this.lines.length, Math.ceil((scrollTop + clientHeight) / ROW_PX) + SPARE);
    const wanted = new Set(this.lines.slice(first, last));
    this.on.reach(this.lines[last - 1] ?? 0);
    for (const [row, element] of this.rows) {
      if (!wanted.has(row)) { element.remove(); this.rows.delete(row); }
    }
    for (let line = first; line < last; line += 1) {
      const row = this.lines[line];
      if (this.rows.has(row)) continue;
      const element = this.drawRow(row, span);
      element.style.top = `${this.headHeight + line * ROW_PX}px`;
      this.rows.set(row, element);
      this.size.append(element);
    }
    this.editor.follow();
  }

  columnSpan(left, width) {
    let first = this.tab.frozenColumns;
    while (first < this.tab.columnCount && this.lefts[first + 1] < left) first += 1;
    let last = first;
    while (last < this.tab.columnCount && this.lefts[last] < left + width) last += 1;
    return [Math.max(this.tab.frozenColumns, first - 1), Math.min(this.tab.columnCount, last + 1)];
  }

  drawHead(span) {
    const corner = h("div", { class: "grid-corner", style: `width:${NUMBERS_PX}px` });
    this.letters.replaceChildren(corner, ...this.inSpan(span, (column, style) => h("div", {
      class: this.at.column === column && this.at.kind !== "row" ? "letter letter-at" : "letter", style, role: "columnheader", "data-column": column,
    }, columnLetters(column))));
    const rows = Array.from({ length: this.tab.frozenRows }, (_, row) => this.drawRow(row, span));
    this.frozen.replaceChildren(...rows);
  }

  drawRow(row, span) {
    const number = h("div", {
      class: this.at.row === row && this.at.kind !== "column" ? "row-number row-number-at" : "row-number", role: "rowheader", "data-row": row,
    }, row + 1);
    const cells = this.inSpan(span, (column, style) => this.drawOne(row, column, style));
    return h("div", { class: "grid-row", role: "row", "aria-rowindex": row + 1 }, number, cells);
  }

  /** Draws the frozen columns, a gap, then those of the span. */
  inSpan([first, last], draw) {
    const drawn = [];
    for (let column = 0; column < this.tab.frozenColumns; column += 1) {
      const edge = column === this.tab.frozenColumns - 1 ? "border-right:3px solid #bdc1c6;" : "";
      if (this.widths[column]) drawn.push(draw(column, `width:${this.widths[column]}px;position:sticky;left:${this.lefts[column]}px;z-index:3;${edge}`));
    }
    const gap = this.lefts[first] - this.lefts[this.tab.frozenColumns];
    if (gap > 0) drawn.push(h("div", { class: "gap", style: `width:${gap}px` }));
    for (let column = first; column < last; column += 1) {
      if (this.widths[column]) drawn.push(draw(column, `width:${this.widths[column]}px`));
    }
    return drawn;
  }

  drawOne(row, column, style) {
    const cell = this.tab.cell(row, column);
    const element = drawCell(cell, { spill: cell && this.tab.cell(row, column + 1) === null });
    element.style.cssText += style;
    element.dataset.at = `${row}:${column}`;
    element.setAttribute("aria-colindex", column + 1);
    if (this.isAt(row, column)) element.classList.add("cell-at");
    const since = performance.now() - (this.flashes.get(element.dataset.at) ?? -FLASH_MS);
    if (since < FLASH_MS) {
      element.classList.add("cell-flash");
      element.style.animationDelay = `-${since}ms`;
    }
    return element;
  }

  isAt(row, column) {
    if (this.at.kind === "column") return this.at.column === column;
    if (this.at.kind === "row") return this.at.row === row;
    return this.at.row === row && this.at.column === column;
  }

  select(row, column, kind = "cell") {
    const clamp = (value, count) => Math.max(0, Math.min(count - 1, value));
    this.at = { row: clamp(row, this.tab.rowCount), column: clamp(column, this.tab.columnCount), kind };
    if (kind === "cell") this.reveal();
    this.mark();
    this.on.select();
  }

  /** The selection shows, without drawing anything anew. */
  mark() {
    for (const name of ["cell-at", "letter-at", "row-number-at"]) {
      for (const element of this.size.querySelectorAll(`.${name}`)) element.classList.remove(name);
    }
    const { row, column, kind } = this.at;
    const cells = { cell: `[data-at="${row}:${column}"]`, column: `[data-at$=":${column}"]`, row: `[data-at^="${row}:"]` }[kind];
    for (const element of this.size.querySelectorAll(cells)) element.classList.add("cell-at");
    if (kind !== "row") this.size.querySelector(`.letter[data-column="${column}"]`)?.classList.add("letter-at");
    if (kind !== "column") this.size.querySelector(`.row-number[data-row="${row}"]`)?.classList.add("row-number-at");
  }

  /** The element of a cell, or null while it is out of sight or behind the frozen rows. */
  place(row, column) {
    const place = this.size.querySelector(`[data-at="${row}:${column}"]`);
    const isBehind = row >= this.tab.frozenRows && place?.getBoundingClientRect().bottom <= this.frozen.getBoundingClientRect().bottom;
    return isBehind ? null : place;
  }

  /** Whether a row is on the screen now. */
  isInSight(row) {
    const top = this.lines.indexOf(row) * ROW_PX;
    return top >= this.scroll.scrollTop - ROW_PX && top + this.headHeight < this.scroll.scrollTop + this.scroll.clientHeight;
  }

  /** Scrolls so far down that the row is the last on the screen but a few. */
  goTo(row) {
    const line = this.lines.indexOf(row);
    this.scroll.scrollTop = (line + 4) * ROW_PX - (this.scroll.clientHeight - this.headHeight);
  }

  reveal() {
    const { row, column } = this.at;
    const line = this.lines.indexOf(row);
    const { scrollTop, scrollLeft, clientHeight, clientWidth } = this.scroll;
    if (line >= 0) {
      const top = line * ROW_PX;
      const room = clientHeight - this.headHeight;
      if (top < scrollTop) this.scroll.scrollTop = top;
      else if (top + ROW_PX > scrollTop + room) this.scroll.scrollTop = top + ROW_PX - room;
    }
    if (column >= this.tab.frozenColumns) {
      const fixed = this.lefts[this.tab.frozenColumns];
      if (this.lefts[column] - fixed < scrollLeft) this.scroll.scrollLeft = this.lefts[column] - fixed;
      else if (this.lefts[column + 1] > scrollLeft + clientWidth) this.scroll.scrollLeft = this.lefts[column + 1] - clientWidth;
    }
  }

  listen() {
    this.scroll.addEventListener("scroll", () => {
      this.tip.hidden = true;
      if (!this.drawing) { this.drawing = true; requestAnimationFrame(() => this.draw()); }
    });
    new ResizeObserver(() => this.tab && this.draw()).observe(this.scroll);
    this.size.addEventListener("mousedown", (event) => this.point(event));
    this.size.addEventListener("dblclick", (event) => { if (event.target.closest("[data-at]")) this.editor.start(); });
    this.size.addEventListener("contextmenu", (event) => this.openMenu(event));
    this.size.addEventListener("mouseover", (event) => this.showNote(event.target.closest("[data-at]")));
    this.scroll.addEventListener("keydown", (event) => this.key(event));
  }

  point(event) {
    if (event.target.closest("input, a")) return;
    this.editor.finish(true);
    const place = event.target.closest("[data-at]");
    const letter = event.target.closest(".letter");
    const number = event.target.closest(".row-number");
    if (place) this.select(...place.dataset.at.split(":").map(Number));
    else if (letter) this.select(this.at.row, Number(letter.dataset.column), "column");
    else if (number) this.select(Number(number.dataset.row), this.at.column, "row");
    this.scroll.focus({ preventScroll: true });
    event.preventDefault();
  }

  openMenu(event) {
    this.point(event);
    this.on.menu(this.at.kind, event);
    event.preventDefault();
  }

  key(event) {
    if (event.target !== this.scroll || event.altKey) return;
    const { row, column } = this.at;
    const page = Math.max(1, Math.floor(this.scroll.clientHeight / ROW_PX) - 3);
    const far = event.ctrlKey || event.metaKey;
    const step = {
      ArrowUp: [this.nextRow(row, -1, far), column], ArrowDown: [this.nextRow(row, 1, far), column],
      ArrowLeft: [row, far ? 0 : column - 1], ArrowRight: [row, far ? this.tab.columnCount - 1 : column + 1],
      Tab: [row, column + (event.shiftKey ? -1 : 1)], PageDown: [row + page, column], PageUp: [row - page, column],
      Home: [far ? 0 : row, 0], End: [row, this.tab.columnCount - 1],
    }[event.key];
    if (step) this.select(...step);
    else if (event.key === "Enter" || event.key === "F2") this.editor.start();
    else if (event.key === "Delete" || event.key === "Backspace") this.on.edit(row, column, "");
    else if (event.key.length === 1 && !far) this.editor.start(event.key);
    else return;
    event.preventDefault();
  }

  nextRow(row, by, far) {
    if (this.view) return this.lines[Math.max(0, this.lines.indexOf(row) + by)] ?? row;
    if (far) return by < 0 ? 0 : this.tab.rowCount - 1;
    let next = row + by;
    while (this.tab.hiddenRows.has(next)) next += by;
    return next;
  }

  showNote(place) {
    const note = place && this.tab.cell(...place.dataset.at.split(":").map(Number))?.note;
    this.tip.hidden = !note;
    if (!note) return;
    const box = place.getBoundingClientRect();
    const frame = this.host.getBoundingClientRect();
    this.tip.textContent = note;
    this.tip.style.left = `${Math.min(box.right - frame.left + 4, frame.width - 230)}px`;
    this.tip.style.top = `${box.top - frame.top}px`;
  }
}

// Typing in a cell: a field over it, which hands its text over when it is left.

import { h } from "./dom.js";

const MOVES = { Enter: [1, 0], Escape: [0, 0] };

export class CellEditor {
  constructor(grid) {
    this.grid = grid;
    this.open = null;
  }

  /** A field over the selected cell, with `text` typed or with what the cell holds. */
  start(text) {
    const { grid } = this;
    const { row, column } = grid.at;
    grid.draw(); // the selection may have scrolled a moment ago, and what came in sight is drawn later
    const place = grid.place(row, column);
    if (!place) return;
    const input = h("input", {
      class: "cell-editor", "aria-label": "Edit cell", autocomplete: "off", value: text ?? this.before(row, column),
      onkeydown: (event) => this.key(event), onblur: () => this.finish(true),
    });
    this.open = { input, row, column };
    this.lay(place);
    grid.host.append(input);
    input.focus({ preventScroll: true });
  }

  /** The sheet was scrolled or drawn anew: the field goes along with its cell, and is left once that is out of sight. */
  follow() {
    if (!this.open) return;
    const place = this.grid.place(this.open.row, this.open.column);
    if (place) this.lay(place);
    else this.leave(true);
  }

  lay(place) {
    const box = place.getBoundingClientRect();
    const frame = this.grid.host.getBoundingClientRect();
    Object.assign(this.open.input.style, {
      left: `${box.left - frame.left - 1}px`, top: `${box.top - frame.top - 1}px`, minWidth: `${box.width + 1}px`, height: `${box.height + 1}px`,
    });
  }

  /** Whoever types on does so in the sheet. */
  leave(keep) {
    this.finish(keep);
    this.grid.scroll.focus({ preventScroll: true });
  }

  /** The field is gone; with `keep` its text goes into the cell if it differs. */
  finish(keep) {
    const edit = this.open;
    if (!edit) return;
    this.open = null;
    const text = edit.input.value;
    edit.input.remove();
    if (keep && text !== this.before(edit.row, edit.column)) this.grid.on.edit(edit.row, edit.column, text);
  }

  key(event) {
    const move = event.key === "Tab" ? [0, event.shiftKey ? -1 : 1] : MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    this.leave(event.key !== "Escape");
    const { grid } = this;
    grid.select(grid.at.row + move[0], grid.at.column + move[1]);
  }

  before(row, column) {
    return this.grid.tab.cell(row, column)?.input ?? "";
  }
}

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
    const place = grid.size.querySelector(`[data-at="${row}:${column}"]`);
    if (!place) return;
    const box = place.getBoundingClientRect();
    const frame = grid.host.getBoundingClientRect();
    const input = h("input", {
      class: "cell-editor", "aria-label": "Edit cell", autocomplete: "off", value: text ?? this.before(row, column),
      style: `left:${box.left - frame.left - 1}px;top:${box.top - frame.top - 1}px;min-width:${box.width + 1}px;height:${box.height + 1}px`,
      onkeydown: (event) => this.key(event), onblur: () => this.finish(true),
    });
    this.open = { input, row, column };
    grid.host.append(input);
    input.focus();
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
    this.finish(event.key !== "Escape");
    const { grid } = this;
    grid.scroll.focus({ preventScroll: true });
    grid.select(grid.at.row + move[0], grid.at.column + move[1]);
  }

  before(row, column) {
    return this.grid.tab.cell(row, column)?.input ?? "";
  }
}

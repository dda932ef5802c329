// The spreadsheet around the grid: title, share, toolbar, formula bar, tabs. What people do goes to the emulator as
// deeds of their own hands; the grid shows what comes back.

import { cellAddress, columnLetters } from "./a1.js";
import { attachMenu, avatar, h, openMenu, showToast } from "./dom.js";
import { Grid } from "./grid.js";
import { handsOf } from "./hands.js";
import { symbol } from "./icons.js";
import { ViewChoice } from "./views.js";

export class SheetDocument {
  /** `on` has chooseFile(anchor), share(), reach(row). */
  constructor(host, on) {
    this.on = on;
    this.host = host;
    this.titleButton = h("button", { type: "button", class: "doc-title" });
    this.state = h("span", { class: "doc-state", role: "status" });
    this.viewOnly = h("span", { class: "view-only", hidden: true }, symbol("visibility"), "View only");
    this.who = h("span", { class: "doc-who" });
    this.name = h("span", { class: "name-box" });
    this.formula = h("input", { class: "formula-input", "aria-label": "Cell content", autocomplete: "off", spellcheck: "false" });
    this.toolbar = h("div", { class: "toolbar", role: "toolbar", "aria-label": "Sheet tools" });
    this.tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Tabs" });
    this.sum = h("span", { class: "tab-note" });
    this.views = new ViewChoice((id) => this.openView(id));
    const stage = h("div", { class: "grid-host" });
    this.empty = h("div", { class: "doc-empty", hidden: true });
    this.arrivals = h("button", { type: "button", class: "arrivals", hidden: true, onclick: () => this.goToArrivals() });
    const share = h("button", { type: "button", class: "pill pill-tonal share-button", onclick: () => on.share() }, symbol("lock"), "Share");
    this.titleButton.addEventListener("click", () => on.chooseFile(this.titleButton));
    host.replaceChildren(
      h("div", { class: "doc-bar" }, sheetMark(), h("div", { class: "doc-words" }, this.titleButton, this.viewOnly, this.state), share, this.who),
      this.toolbar,
      h("div", { class: "formula-bar" }, this.name, h("span", { class: "formula-sign", "aria-hidden": "true" }, "fx"), this.formula),
      this.views.bar, stage, this.empty,
      h("div", { class: "tab-bar" }, this.addTab(), this.tabs, this.sum));
    this.grid = new Grid(stage, {
      select: () => this.drawSelection(),
      edit: (row, column, text) => this.type(row, column, text),
      reach: (row) => { on.reach(row); this.drawArrivals(); },
      menu: (kind, event) => openMenu(this.gridMenu(kind), { x: event.clientX, y: event.clientY }),
    });
    stage.append(this.arrivals);
    this.formula.addEventListener("keydown", (event) => this.formulaKey(event));
    this.tabs.addEventListener("dblclick", (event) => {
      const button = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-tab]");
      if (button) this.renameTab(this.tabOf(button.dataset.tab));
    });
    this.drawToolbar();
  }

  /** Whose eyes, and whether their hands are tied. */
  setViewer(person, { readOnly }) {
    this.readOnly = readOnly;
    this.arrived = null;
    this.who.replaceChildren(avatar(person, { size: 32 }));
    this.formula.readOnly = readOnly;
    this.toolbar.classList.toggle("toolbar-off", readOnly);
    this.viewOnly.hidden = !readOnly;
  }

  /** No file is open: says why, with buttons {label, run}. */
  showEmpty(title, sentence, actions) {
    this.model = null;
    this.host.classList.add("doc-none");
    this.grid.scroll.parentElement.hidden = true;
    this.empty.hidden = false;
    this.empty.replaceChildren(h("h2", {}, title), h("p", {}, sentence), h("div", { class: "button-list" },
      actions.map((action) => h("button", { type: "button", class: "pill pill-filled", onclick: action.run }, action.label))));
    this.titleButton.replaceChildren("No file", symbol("arrow_drop_down"));
    this.state.textContent = "";
  }

  /** A snapshot arrived. `changed` holds the places that differ from the one before, per tab id. */
  show(model, changed) {
    const sameFile = this.model?.id === model.id;
    const before = sameFile ? this.tab?.id : null;
    this.model = model;
    this.empty.hidden = true;
    this.host.classList.remove("doc-none");
    this.grid.scroll.parentElement.hidden = false;
    const visible = model.tabs.filter((tab) => !tab.hidden);
    const wanted = before ?? Number(localStorage.getItem(`tab ${model.id}`));
    const tab = (sameFile ? this.freshTab(visible) : null) ?? visible.find((one) => one.id === wanted) ?? visible[0];
    const rowsBefore = before === tab.id ? this.tab.storedRows : tab.storedRows;
    this.titleButton.replaceChildren(model.title, symbol("arrow_drop_down"));
    if (sameFile) this.grid.flash(changed?.get(tab.id) ?? []);
    this.tab = tab;
    localStorage.setItem(`tab ${model.id}`, tab.id);
    this.tabIds = new Set(model.tabs.map((one) => one.id));
    this.noteArrivals(rowsBefore, before === tab.id);
    this.grid.show(tab, { keep: before === tab.id, view: this.views.of(tab) });
    this.drawTabs(changed);
    this.views.draw(tab, this.grid.view);
  }

  /** A tab that somebody else added is opened at once if the one in sight is blank: nothing is taken from view. */
  freshTab(visible) {
    if (this.tab.storedRows > 0 || visible.length <= this.tabIds.size) return null;
    return visible.find((tab) => !this.tabIds.has(tab.id));
  }

  /** Rows that were added below what is in sight wait behind a button. */
  noteArrivals(rowsBefore, sameTab) {
    if (!sameTab) this.arrived = null;
    const more = this.tab.storedRows - rowsBefore;
    if (sameTab && more > 0) this.arrived = { from: this.arrived?.from ?? rowsBefore, to: this.tab.storedRows };
    else if (more < 0) this.arrived = null;
  }

  drawArrivals() {
    if (this.arrived && this.grid.isInSight(this.arrived.to - 1)) this.arrived = null;
    this.arrivals.hidden = !this.arrived;
    if (!this.arrived) return;
    const count = this.arrived.to - this.arrived.from;
    this.arrivals.replaceChildren(symbol("arrow_downward"), count === 1 ? "1 new row" : `${count} new rows`);
  }

  goToArrivals() {
    const { from, to } = this.arrived;
    const places = [];
    for (let row = from; row < to; row += 1) for (let column = 0; column < this.tab.columnCount; column += 1) places.push([row, column]);
    this.grid.flash(places);
    this.grid.goTo(to - 1);
  }

  tabOf(id) {
    return this.model?.tabs.find((tab) => String(tab.id) === String(id));
  }

  openTab(id) {
    const tab = this.tabOf(id);
    if (!tab || tab === this.tab) return;
    this.tab = tab;
    localStorage.setItem(`tab ${this.model.id}`, tab.id);
    this.arrived = null;
    this.grid.show(tab, { view: this.views.of(tab) });
    this.drawTabs();
    this.views.draw(tab, this.grid.view);
  }

  /** Looks through a filter view of this tab, or through none. Nobody else's view changes. */
  openView(id) {
    this.grid.show(this.tab, { view: id });
    this.views.draw(this.tab, this.grid.view);
  }

  /** A person types. A column with a warning lets them, and says what it says. */
  type(row, column, text) {
    const says = this.tab.warningAt(column);
    if (says && !this.readOnly) showToast(says);
    return this.deed((hands) => hands.type(row, column, text));
  }

  drawSelection() {
    const { row, column, kind } = this.grid.at;
    if (!this.tab?.columnCount) return;
    this.name.textContent = kind === "column" ? columnLetters(column) : cellAddress(row, column);
    if (document.activeElement !== this.formula) this.formula.value = this.tab.cell(row, column)?.input ?? "";
  }

  formulaKey(event) {
    if (event.key === "Enter") {
      const { row, column } = this.grid.at;
      this.type(row, column, this.formula.value);
    } else if (event.key === "Escape") this.formula.value = "";
    else return;
    event.preventDefault();
    this.grid.scroll.focus({ preventScroll: true });
    this.drawSelection();
  }

  drawTabs(changed) {
    const visible = this.model.tabs.filter((tab) => !tab.hidden);
    this.tabs.replaceChildren(...visible.map((tab) => {
      const here = tab.id === this.tab.id;
      const news = !here && changed?.has(tab.id);
      return h("button", {
        type: "button", role: "tab", "aria-selected": String(here), class: news ? "tab tab-news" : "tab", "data-tab": tab.id,
        onclick: () => this.openTab(tab.id),
        oncontextmenu: (event) => { event.preventDefault(); openMenu(this.tabMenu(tab.id), { x: event.clientX, y: event.clientY }); },
      }, tab.title);
    }));
    const rows = this.tab.filledRows;
    this.sum.textContent = rows === 1 ? "1 row" : `${rows.toLocaleString("en-GB")} rows`;
  }

  renameTab(tab) {
    const button = this.tabs.querySelector(`[data-tab="${tab.id}"]`);
    const input = h("input", { class: "tab-name", value: tab.title, "aria-label": "Tab name" });
    let done = false;
    const finish = (keep) => {
      if (done) return;
      done = true;
      const title = input.value.trim();
      this.drawTabs();
      if (keep && title && title !== tab.title) this.deed((hands) => hands.renameTab(tab.id, title));
    };
    input.addEventListener("blur", () => finish(true));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === "Escape") finish(event.key === "Enter");
    });
    button.replaceWith(input);
    input.select();
  }

  addTab() {
    return h("button", { type: "button", class: "round tab-add", "aria-label": "Add tab", title: "Add tab", onclick: () => this.deed((hands) => hands.addTab(this.freeTitle())) }, symbol("add"));
  }

  freeTitle() {
    const taken = new Set(this.model.tabs.map((tab) => tab.title));
    let number = taken.size + 1;
    while (taken.has(`Sheet${number}`)) number += 1;
    return `Sheet${number}`;
  }

  tabMenu(id) {
    return [
      { label: "Rename", icon: symbol("edit"), run: () => this.renameTab(this.tabOf(id)) },
      { label: "Delete", icon: symbol("delete"), disabled: this.model.tabs.length < 2, run: () => this.deed((hands) => hands.deleteTab(id)) },
    ];
  }

  drawToolbar() {
    const tool = (name, icon, run) => h("button", { type: "button", class: "tool", title: name, "aria-label": name, onclick: run }, symbol(icon));
    const menuTool = (name, icon, items) => {
      const button = h("button", { type: "button", class: "tool tool-wide", title: name, "aria-label": name }, symbol(icon), symbol("arrow_drop_down"));
      attachMenu(button, items, { align: "start" });
      return button;
    };
    const at = () => this.grid.at;
    this.toolbar.replaceChildren(
      menuTool("Sort sheet", "sort_by_alpha", () => this.sortItems()),
      menuTool("Filter views", "filter_list", () => this.views.items(this.tab, this.grid.view)),
      h("span", { class: "tool-line" }),
      tool("Insert 1 column left", "add_column_left", () => this.deed((hands) => hands.insertColumns(at().column))),
      tool("Insert 1 column right", "add_column_right", () => this.deed((hands) => hands.insertColumns(at().column + 1))),
      tool("Insert 1 row above", "add_row_above", () => this.deed((hands) => hands.insertRows(at().row))),
      tool("Delete row", "delete", () => this.deed((hands) => hands.deleteRows(at().row))));
  }

  sortItems() {
    const letter = columnLetters(this.grid.at.column);
    return [
      { label: `Sort sheet by column ${letter} (A to Z)`, icon: symbol("arrow_downward"), run: () => this.sort("ASCENDING") },
      { label: `Sort sheet by column ${letter} (Z to A)`, icon: symbol("arrow_upward"), run: () => this.sort("DESCENDING") },
    ];
  }

  sort(order) {
    return this.deed((hands) => hands.sort(this.grid.at.column, order));
  }

  gridMenu(kind) {
    const { row, column } = this.grid.at;
    const columns = [
      { label: "Insert 1 column left", icon: symbol("add_column_left"), run: () => this.deed((hands) => hands.insertColumns(column)) },
      { label: "Insert 1 column right", icon: symbol("add_column_right"), run: () => this.deed((hands) => hands.insertColumns(column + 1)) },
      { label: `Delete column ${columnLetters(column)}`, icon: symbol("delete"), run: () => this.deed((hands) => hands.deleteColumns(column)) },
      { label: "Move column left", icon: symbol("arrow_back"), disabled: column === 0, run: () => this.deed((hands) => hands.moveColumn(column, column - 1)) },
      { label: "Move column right", icon: symbol("arrow_forward"), disabled: column >= this.tab.columnCount - 1, run: () => this.deed((hands) => hands.moveColumn(column, column + 2)) },
    ];
    const rows = [
      { label: "Insert 1 row above", icon: symbol("add_row_above"), run: () => this.deed((hands) => hands.insertRows(row)) },
      { label: "Duplicate row", icon: symbol("content_copy"), run: () => this.deed((hands) => hands.duplicateRow(row)) },
      { label: `Delete row ${row + 1}`, icon: symbol("delete"), run: () => this.deed((hands) => hands.deleteRows(row)) },
    ];
    const clear = { label: "Clear cell", icon: symbol("close"), run: () => this.type(row, column, "") };
    return { cell: [clear, null, ...rows, null, ...columns, null, ...this.sortItems()], row: rows, column: [...columns, null, ...this.sortItems()] }[kind];
  }

  /** Something a person does by hand in this tab; a refusal is said in the window. */
  async deed(act) {
    if (!this.model) return;
    if (this.readOnly) { showToast("You can only view this file."); return; }
    this.state.textContent = "Saving…";
    try {
      await act(handsOf({ file: this.model.id, tab: this.tab }));
      this.state.textContent = "Saved";
    } catch (error) {
      this.state.textContent = "";
      showToast(error.message);
    }
  }
}

function sheetMark() {
  const mark = h("span", { class: "sheet-mark", "aria-hidden": "true" });
  mark.innerHTML = '<svg viewBox="0 0 24 24"><path fill="#188038" d="M6 2h8l5 5v13a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2z"/><path fill="#b7dfc3" d="M14 2l5 5h-5z"/><path fill="#fff" d="M7 11h9v7H7zm1.3 1.3v1.5h2.5v-1.5zm3.8 0v1.5h2.6v-1.5zm-3.8 2.8v1.6h2.5v-1.6zm3.8 0v1.6h2.6v-1.6z"/></svg>';
  return mark;
}

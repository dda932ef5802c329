// Filter views: which one somebody looks through, the menu that offers them, and the bar that says so. A view shows
// some rows in an order of its own; the rows themselves stay where they are.

import { h } from "./dom.js";
import { symbol } from "./icons.js";

export class ViewChoice {
  /** `open(id)` is called with the view that was chosen, null for none. */
  constructor(open) {
    this.open = open;
    this.chosen = new Map();
    this.bar = h("div", { class: "view-bar", role: "status", hidden: true });
  }

  /** The id of the view that this tab is looked through, or undefined. */
  of(tab) {
    return this.chosen.get(tab.id);
  }

  choose(tab, id) {
    this.chosen.set(tab.id, id);
    this.open(id);
  }

  /** Says which view the grid shows, if any. */
  draw(tab, view) {
    this.bar.hidden = !view;
    if (!view) return;
    const rows = view.rows.length === 1 ? "1 row" : `${view.rows.length.toLocaleString("en-GB")} rows`;
    this.bar.replaceChildren(symbol("filter_alt"), h("span", { class: "view-name" }, view.title), h("span", { class: "view-rows" }, rows),
      h("button", { type: "button", class: "round", "aria-label": "Close filter view", title: "Close filter view", onclick: () => this.choose(tab, null) }, symbol("close")));
  }

  /** The menu of a tab's views. */
  items(tab, view) {
    if (!tab.views.length) return [{ label: "No filter views in this tab", disabled: true }];
    const views = tab.views.map(({ id, title }) => ({
      label: title, icon: symbol(id === view?.id ? "check" : "filter_alt"), run: () => this.choose(tab, id),
    }));
    return [{ label: "None", icon: symbol("close"), disabled: !view, run: () => this.choose(tab, null) }, null, ...views];
  }
}

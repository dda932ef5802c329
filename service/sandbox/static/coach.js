// First steps for a newcomer: three lines that tick themselves off from what is true in the world.

import { get } from "./api.js";
import { h } from "./dom.js";
import { symbol } from "./icons.js";

const STEPS = [
  ["Connect your shop", "Follow the sidebar, and allow access on the TikTok page."],
  ["Choose what to show", "Pick a ready-made profile for this sheet."],
  ["Watch orders arrive", "Press +5 in the market below."],
];
const CLOSED = "first steps closed";

export class Coach {
  constructor(host) {
    this.done = [false, false, false];
    this.list = h("ol");
    this.root = h("section", { class: "coach", "aria-label": "First steps", hidden: localStorage.getItem(CLOSED) === "yes" },
      h("h2", { class: "coach-title" }, "First steps"), this.list,
      h("button", { type: "button", class: "coach-close", "aria-label": "Close first steps", onclick: () => this.close() }, symbol("close")));
    host.replaceChildren(this.root);
    this.draw();
  }

  /** Looks whether a step is done: a connected shop, a sheet with a written header, rows below it. */
  async look(model) {
    if (this.root.hidden) return;
    if (model) {
      this.done[1] ||= model.tabs.some((tab) => tab.hasHeader);
      this.rows = model.tabs.reduce((sum, tab) => sum + (tab.hasHeader ? tab.filledRows : 0), 0);
      this.done[2] ||= this.done[1] && this.rows > (this.awaited ?? Infinity);
    }
    try {
      const { shops } = await get("/tiktok/control/shops");
      this.done[0] ||= shops.some((shop) => shop.connected);
    } catch {
      return; // the market is away; the next look will tell
    }
    this.draw();
    if (this.done.every(Boolean)) setTimeout(() => this.close(), 6000);
  }

  /** Orders were just placed: more rows than now are the proof. */
  expectRows() {
    if (this.done[1]) this.awaited ??= this.rows;
  }

  draw() {
    const now = this.done.indexOf(false);
    this.list.replaceChildren(...STEPS.map(([title, sentence], at) => h("li", {
      class: this.done[at] ? "coach-done" : at === now ? "coach-now" : "", "aria-current": at === now ? "step" : null,
    }, h("span", { class: "coach-step" }, this.done[at] ? symbol("check") : at + 1), h("b", {}, title), at === now ? h("span", { class: "coach-more" }, sentence) : null)));
  }

  close() {
    this.root.hidden = true;
    localStorage.setItem(CLOSED, "yes");
  }
}

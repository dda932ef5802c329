// The bar below: new orders, time, a viral hour. It plays the market, never the product.

import { get, post } from "./api.js";
import { h } from "./dom.js";
import { symbol } from "./icons.js";

const LOOK_EVERY_MS = 2000;
const HOUR_S = 3600;
const BURST = { orders: 120, over_s: 60 };
const CLOCK = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

export class Market {
  /** `placed()` is called when orders are about to come in. */
  constructor(host, { control, placed }) {
    this.control = control;
    this.placed = placed;
    this.host = host;
    this.clock = h("span", {}, "…");
    this.news = h("span", { class: "market-news", role: "status" });
    this.call = h("span", { class: "market-call", title: "The last call to the product: address, status, time, size" });
    this.fold = h("button", { type: "button", class: "market-fold", onclick: () => this.setFolded(!host.classList.contains("market-folded")) });
    host.replaceChildren(
      h("span", { class: "market-name" }, symbol("storefront"), "Market"),
      h("span", { class: "market-clock", title: "Market time, UTC. Deadlines and order times follow it." }, symbol("schedule"), this.clock),
      this.group("New orders", [1, 5, 25].map((count) => [`+${count}`, () => this.placeOrders(count)])),
      this.group("Advance", [["1 h", 1], ["6 h", 6], ["1 day", 24], ["2 weeks", 336]].map(([label, hours]) => [label, () => this.advance(hours, label)])),
      h("span", { class: "market-group" }, this.button("Viral burst", () => this.burst(), { icon: "local_fire_department", hot: true })),
      this.news, this.call, this.fold);
    this.setFolded(localStorage.getItem("market-folded") === "yes");
    this.watch();
  }

  group(label, buttons) {
    return h("span", { class: "market-group", role: "group", "aria-label": label }, h("span", { class: "market-label" }, label),
      buttons.map(([text, run]) => this.button(text, run, { name: `${label} ${text}` })));
  }

  button(text, run, { icon, hot, name } = {}) {
    const button = h("button", { type: "button", class: hot ? "market-button market-hot" : "market-button", "aria-label": name ?? text, onclick: async () => {
      button.disabled = true;
      try {
        this.news.textContent = await run();
      } catch (error) {
        this.news.textContent = error.message;
      }
      button.disabled = false;
      await this.look();
    } }, icon ? symbol(icon) : null, text);
    return button;
  }

  async placeOrders(count) {
    this.placed();
    await post(`${this.control}orders`, { count });
    return count === 1 ? "One new order has come in." : `${count} new orders have come in.`;
  }

  async advance(hours, label) {
    await post(`${this.control}advance`, { seconds: hours * HOUR_S });
    return `The market is ${label} further.`;
  }

  async burst() {
    this.placed();
    await post(`${this.control}burst`, BURST);
    return `A video went viral: ${BURST.orders} orders within a minute.`;
  }

  /** What the product just answered, for those who develop it. */
  showCall(url, { status, elapsed_ms: ms, size }) {
    this.call.textContent = `${url.split("/").at(-1)} ${status} · ${ms ?? "–"} ms · ${((size ?? 0) / 1024).toFixed(1)} KB`;
  }

  setFolded(folded) {
    this.host.classList.toggle("market-folded", folded);
    localStorage.setItem("market-folded", folded ? "yes" : "no");
    this.fold.replaceChildren(symbol(folded ? "keyboard_arrow_up" : "keyboard_arrow_down"));
    this.fold.setAttribute("aria-label", folded ? "Show the market" : "Hide the market");
    this.fold.setAttribute("aria-expanded", String(!folded));
  }

  async watch() {
    await this.look();
    setInterval(() => { if (!document.hidden) this.look(); }, LOOK_EVERY_MS);
  }

  async look() {
    try {
      const { now } = await get(`${this.control}clock`);
      this.clock.textContent = CLOCK.format(new Date(now));
    } catch {
      this.clock.textContent = "not running";
    }
  }
}

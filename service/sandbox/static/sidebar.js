// The add-on's panel: a stack of cards, the presses that change it, and what Google shows around them.

import { drawCard } from "./card.js";
import { attachMenu, h, showToast } from "./dom.js";
import { Form } from "./form.js";
import { symbol } from "./icons.js";
import { readReply } from "./replies.js";
import { openOverflow } from "./widgets.js";
import { openLink } from "./windows.js";

/**
 * `host` is the element to fill. `google` plays Google around it:
 * press({url, parameters, formInputs}) → {status, body}, askFile() → boolean, askScopes(scopes) → boolean,
 * follow(url) → boolean (true when the preview itself opened it).
 */
export class Sidebar {
  constructor(host, { about, google }) {
    this.about = about;
    this.google = google;
    this.stack = [];
    this.turn = 0;
    this.bar = h("div", { class: "panel-bar" });
    this.stage = h("div", { class: "panel-stage", "aria-live": "polite" });
    this.progress = h("div", { class: "progress", role: "progressbar", "aria-label": "Loading", hidden: true });
    host.replaceChildren(this.bar, this.progress, this.stage);
    this.host = host;
    host.style.setProperty("--blue", about.colour);
    this.drawBar();
  }

  /** The homepage trigger; whatever was shown is gone. */
  async openHome() {
    await this.trigger(`${this.about.addon}home`);
  }

  /** A trigger's answer starts a new stack. */
  async trigger(url) {
    const turn = (this.turn += 1);
    this.stack = [];
    this.stage.replaceChildren(h("div", { class: "skeleton" }, [72, 40, 90, 60, 82].map((width) => h("i", { style: `width:${width}%` }))));
    this.drawBar();
    this.busy(true, { blocking: false });
    const plan = readReply(await this.google.press({ url, parameters: {}, formInputs: {} }), "trigger");
    if (turn !== this.turn) return;
    this.busy(false);
    await this.follow(plan, { url, entry: "trigger", again: () => this.trigger(url) });
  }

  /** An action of the card on top. With `stay` (a switch was moved) the card that answers is not scrolled back. */
  async press(action, form, { stay = false } = {}) {
    if (this.blocked || !form.accepts(action)) return;
    const call = { url: action.function, parameters: flat(action.parameters), formInputs: form.inputs() };
    const blocking = action.loadIndicator !== "NONE";
    if (!action.persistValues) this.forget(form);
    await this.send(call, { blocking, stay });
  }

  async send(call, { blocking = true, replace = false, stay = false } = {}) {
    const turn = (this.turn += 1);
    this.busy(true, { blocking });
    const reply = await this.google.press(call);
    if (turn !== this.turn) return;
    this.busy(false);
    const again = () => this.send(call, { blocking, replace });
    this.rememberPlace();
    await this.follow(readReply(reply, "action"), { ...call, entry: "action", replace, stay, again });
  }

  /** Carries out a plan. `origin` is the press that it answers, kept with each new card for a later reload. */
  async follow(plan, origin) {
    if (plan.failed) { this.drawFailure(origin.again); return; }
    if (plan.askScopes) {
      if (await this.google.askScopes(plan.askScopes)) await origin.again();
      else if (this.stack.length === 0) this.drawFailure(origin.again);
      return;
    }
    for (const step of plan.navigations ?? []) this.navigate(step, origin);
    if ((plan.navigations ?? []).length) this.show();
    if (plan.toast) showToast(plan.toast, this.host);
    if (plan.link) await this.openLink(plan.link);
    if (plan.askFile && (await this.google.askFile())) await this.trigger(`${this.about.addon}file-granted`);
  }

  navigate(step, origin) {
    const top = this.stack.at(-1);
    if (step.pushCard && origin.replace && top) this.stack[this.stack.length - 1] = this.entry(step.pushCard, origin);
    else if (step.pushCard) this.stack.push(this.entry(step.pushCard, origin));
    else if (step.updateCard) {
      const kept = top ? top.form.typed() : new Map();
      const updated = this.entry(step.updateCard, top?.origin ?? origin, kept);
      if (origin.stay && top) updated.place = top.place;
      this.stack.splice(Math.max(0, this.stack.length - 1), 1, updated);
    } else if (step.pop) this.stack.splice(Math.max(1, this.stack.length - 1));
    else if (step.popToRoot) this.stack.splice(1);
    else if (step.popToCard) {
      const at = this.stack.findLastIndex((entry) => entry.card.name === step.popToCard);
      if (at >= 0) this.stack.splice(at + 1);
    }
  }

  entry(card, origin, kept = new Map()) {
    const form = new Form(kept);
    return { card, origin, form, place: 0, element: drawCard(card, this.context(form)) };
  }

  context(form) {
    const context = {
      form,
      press: (action) => this.press(action, form, { stay: true }),
      complete: async (action) => {
        const call = { url: action.function, parameters: flat(action.parameters), formInputs: form.inputs() };
        return (readReply(await this.google.press(call), "action").items ?? []).map((item) => item.text);
      },
      open: (onClick, event) => {
        if (onClick?.action) return this.press(onClick.action, form);
        if (onClick?.openDynamicLinkAction) return this.press(onClick.openDynamicLinkAction, form);
        if (onClick?.openLink) return this.openLink(onClick.openLink);
        if (onClick?.card) { this.stack.push(this.entry(onClick.card, this.stack.at(-1).origin)); return this.show(); }
        if (onClick?.overflowMenu) return openOverflow(onClick.overflowMenu, context, event);
        return undefined;
      },
    };
    return context;
  }

  async openLink(link) {
    if (this.google.follow(link.url)) return;
    if (!this.isListed(link.url)) {
      showToast(`Google would not open this link, its beginning is not listed for the add-on: ${link.url}`, this.host);
      return;
    }
    const closed = await openLink(link, this.host);
    if (closed && link.onClose === "RELOAD") await this.reload();
  }

  /** A published add-on opens only links that begin as its deployment says; `https://*.` stands for any subdomain. */
  isListed(url) {
    const prefixes = this.about.link_prefixes;
    return prefixes.length === 0 || prefixes.some((prefix) => {
      const [start, rest] = prefix.split("//*.");
      if (rest === undefined) return url.startsWith(prefix);
      const [domain, ...path] = rest.split("/");
      const { protocol, hostname, pathname } = new URL(url);
      return start === protocol && hostname.endsWith(`.${domain}`) && pathname.startsWith(`/${path.join("/")}`);
    });
  }

  /** The card on top is asked for again with the press that brought it. */
  async reload() {
    const origin = this.stack.at(-1)?.origin;
    if (!origin || origin.entry === "trigger") { await this.openHome(); return; }
    const { url, parameters, formInputs } = origin;
    await this.send({ url, parameters, formInputs }, { replace: true });
  }

  /** Without `persistValues` the form is as the card came. */
  forget(form) {
    const at = this.stack.findIndex((entry) => entry.form === form);
    if (at < 0 || form.typed().size === 0) return;
    const { card, origin } = this.stack[at];
    this.stack[at] = this.entry(card, origin);
    if (at === this.stack.length - 1) this.show();
  }

  back() {
    this.turn += 1;
    this.busy(false);
    if (this.failed) this.failed = false;
    else this.stack.pop();
    this.show();
  }

  show() {
    this.failed = false;
    this.rememberPlace();
    const top = this.stack.at(-1);
    this.stage.replaceChildren(...(top ? [top.element] : []));
    if (top) top.element.querySelector(".card-scroll").scrollTop = top.place;
    this.shown = top;
    this.drawBar();
  }

  /** How far the card in sight is scrolled, for the way back to it. */
  rememberPlace() {
    if (this.shown?.element.isConnected) this.shown.place = this.shown.element.querySelector(".card-scroll").scrollTop;
  }

  busy(on, { blocking = true } = {}) {
    this.blocked = on && blocking;
    this.progress.hidden = !on;
    this.host.classList.toggle("panel-blocked", this.blocked && this.stack.length > 0);
    this.host.setAttribute("aria-busy", String(on));
  }

  drawFailure(again) {
    this.failed = true;
    this.stage.replaceChildren(h("div", { class: "failure" }, symbol("error"),
      h("p", { class: "failure-title" }, "Something went wrong"),
      h("p", {}, `${this.about.name} did not answer as expected. Please try again.`),
      h("button", { type: "button", class: "btn btn-outlined", onclick: again }, "Try again")));
    this.drawBar();
  }

  drawBar() {
    const deep = this.stack.length > 1 || (this.failed && this.stack.length > 0);
    const lead = deep
      ? h("button", { type: "button", class: "round", "aria-label": "Back", onclick: () => this.back() }, symbol("arrow_back"))
      : h("img", { class: "panel-logo", src: this.about.logo, alt: "" });
    const more = h("button", { type: "button", class: "round", "aria-label": "More" }, symbol("more_vert"));
    attachMenu(more, () => this.menu());
    const close = h("button", { type: "button", class: "round", "aria-label": "Close panel", onclick: () => this.google.close?.() }, symbol("close"));
    this.bar.replaceChildren(lead, h("span", { class: "panel-name" }, this.about.name), more, close);
  }

  menu() {
    const top = this.stack.at(-1);
    const own = (top?.card.cardActions ?? []).map((one) => ({
      label: one.actionLabel, run: () => this.context(top.form).open(one.onClick),
    }));
    const isRoot = this.stack.length <= 1 && (!top || top.origin.entry === "trigger");
    const refresh = isRoot ? [{ label: "Refresh", run: () => this.openHome() }] : [];
    const universal = this.about.universal_actions.map((one) => ({
      label: one.label,
      run: () => (one.openLink ? this.openLink({ url: one.openLink }) : this.send({ url: one.runFunction, parameters: {}, formInputs: {} })),
    }));
    const groups = [own, refresh, universal].filter((group) => group.length);
    return groups.flatMap((group, index) => (index ? [null, ...group] : group));
  }
}

function flat(parameters) {
  return Object.fromEntries((parameters ?? []).map(({ key, value }) => [key, value ?? ""]));
}

// Small tools for building elements. Nothing here knows cards or sheets.

/** An element with attributes, listeners (`onclick: fn`) and children (nodes or text; null is left out). */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") element.style.cssText = value;
    else if (name === "value") element.value = value;
    else if (name === "checked" || name === "disabled" || name === "selected") element[name] = Boolean(value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A button that shows `items` under itself; an item is {label, icon?, disabled?, run} or null for a line. */
export function attachMenu(button, items, { align = "end" } = {}) {
  button.setAttribute("aria-haspopup", "menu");
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    const box = button.getBoundingClientRect();
    openMenu(items(), { x: align === "end" ? box.right : box.left, y: box.bottom + 4, align });
  });
}

/** A menu at a point of the window; closes on choice, Escape or a click elsewhere. */
export function openMenu(items, { x, y, align = "start" }) {
  document.querySelector(".menu")?.dispatchEvent(new Event("dismiss"));
  const before = document.activeElement;
  const menu = h("div", { class: "menu", role: "menu" }, items.map((item) => menuItem(item, () => close())));
  const close = () => {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
  const outside = (event) => { if (!menu.contains(event.target)) close(); };
  menu.addEventListener("dismiss", close);
  menu.addEventListener("keydown", (event) => moveInMenu(event, menu, close));
  document.body.append(menu);
  const { width, height } = menu.getBoundingClientRect();
  const left = align === "end" ? x - width : x;
  menu.style.left = `${Math.max(4, Math.min(left, innerWidth - width - 4))}px`;
  menu.style.top = `${y + height > innerHeight - 4 ? Math.max(4, y - height - 8) : y}px`;
  document.addEventListener("pointerdown", outside, true);
  menu.querySelector("button:not(:disabled)")?.focus({ preventScroll: true });
}

function menuItem(item, close) {
  if (item === null) return h("hr", { class: "menu-line" });
  const run = () => { close(); item.run(); };
  return h("button", { class: "menu-item", type: "button", role: "menuitem", disabled: item.disabled, onclick: run },
    item.icon ?? null,
    h("span", { class: "menu-label" }, item.label),
    item.note ? h("span", { class: "menu-note" }, item.note) : null);
}

function moveInMenu(event, menu, close) {
  const buttons = [...menu.querySelectorAll("button:not(:disabled)")];
  const at = buttons.indexOf(document.activeElement);
  if (event.key === "Escape") close();
  else if (event.key === "ArrowDown") buttons[(at + 1) % buttons.length]?.focus();
  else if (event.key === "ArrowUp") buttons[(at - 1 + buttons.length) % buttons.length]?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** A modal dialog. `actions` are {label, kind?, value}; resolves to the chosen value, or null when dismissed. */
export function askDialog({ title, body, actions, wide = false }) {
  return new Promise((resolve) => {
    const heading = h("h2", { class: "dialog-title", id: "dialog-title" }, title);
    const dialog = h("dialog", { class: wide ? "dialog dialog-wide" : "dialog", "aria-labelledby": "dialog-title" },
      heading, h("div", { class: "dialog-body" }, body),
      h("div", { class: "dialog-actions" }, actions.map((action) =>
        h("button", { class: `pill pill-${action.kind ?? "text"}`, type: "button", onclick: () => finish(action.value) },
          action.label))));
    const finish = (value) => { dialog.close(); dialog.remove(); resolve(value); };
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); finish(null); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** One line of text for a short while. `host` decides where: the window, or the sidebar. */
export function showToast(text, host = document.body) {
  host.querySelector(":scope > .toast")?.remove();
  const toast = h("div", { class: "toast", role: "status" }, text);
  host.append(toast);
  toast.addEventListener("animationend", () => toast.remove());
}

export function hideToasts() {
  for (const toast of document.querySelectorAll(".toast")) toast.remove();
}

/** Two letters' worth of a person. */
export function avatar(person, { size = 28 } = {}) {
  const words = person.name.split(" ");
  const letters = (words[0][0] + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
  return h("span", { class: "avatar", style: `--hue:${hueOf(person.email)};--size:${size}px`, "aria-hidden": "true" }, letters);
}

function hueOf(text) {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)) % 100003;
  return (sum * 137) % 360;
}

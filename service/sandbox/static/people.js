// The row of people at the top: who is looking at the sheet now.

import { avatar, h } from "./dom.js";

const ROLE_WORDS = {
  owner: "Owner", admin: "Admin", finance: "Finance", warehouse: "Warehouse", support: "Support",
  accountant: "Accountant", client: "Client", null: "Stranger",
};

export const roleWords = (person) => ROLE_WORDS[person.role] ?? person.role ?? ROLE_WORDS.null;

/** Draws the row into `host`; `choose(person)` is called on a press. */
export function drawPeople(host, { people, current, choose }) {
  const buttons = people.map((person) => h("button", {
    type: "button", class: "person", "aria-pressed": String(person.email === current),
    title: `${person.name} · ${roleWords(person)}\n${person.email}`, "data-email": person.email, onclick: () => choose(person),
  }, avatar(person), h("span", { class: "person-words" },
    h("span", { class: "person-name" }, person.name), h("span", { class: "person-role" }, roleWords(person)))));
  host.replaceChildren(
    h("span", { class: "stage-brand" }, h("img", { src: "/static/logo.svg", alt: "" }), "Rowstream", h("small", {}, "local world")),
    h("div", { class: "people", role: "group", "aria-label": "Look as" }, buttons),
    h("nav", { class: "stage-links", "aria-label": "Local world" },
      h("a", { class: "stage-link", href: "/gallery", target: "_blank" }, "Card gallery"),
      h("a", { class: "stage-link", href: "/sandbox/about", target: "_blank" }, "How it works")));
}

// What Google itself shows around the add-on: its consent dialogs.

import { get, post } from "./api.js";
import { askDialog, h } from "./dom.js";

const SCOPE_WORDS = {
  "https://www.googleapis.com/auth/drive.file": "See, edit, create and delete only the specific Google Drive files you use with this app",
  "https://www.googleapis.com/auth/userinfo.email": "See your primary Google Account email address",
  "https://www.googleapis.com/auth/script.locale": "See your language and time zone",
};

/** Google's question when the add-on wants the open file. True when the person allowed it. */
export async function askFile({ about, email, file }) {
  const answer = await askDialog({
    title: `Allow ${about.name} to use this file?`,
    body: [
      h("p", {}, h("b", {}, about.name), " will be able to see, edit and share ", h("b", {}, file.title), ". Your other files stay out of reach."),
      h("p", {}, `You are ${email}.`),
    ],
    actions: [{ label: "Cancel", value: null }, { label: "Allow", kind: "filled", value: "allow" }],
  });
  if (answer !== "allow") return false;
  await post("/sheets/control/grants", { email, spreadsheet_id: file.id });
  return true;
}

/** Google's question when scopes are missing. True when at least what was asked for is granted now. */
export async function askScopes({ about, email, scopes }) {
  const wanted = scopes === "all" ? Object.keys(SCOPE_WORDS) : scopes;
  const boxes = wanted.map((scope) => h("input", { type: "checkbox", class: "tick", checked: true, value: scope }));
  const answer = await askDialog({
    title: `${about.name} wants access to your Google Account`,
    body: [
      h("p", {}, email),
      h("div", { class: "choices" }, boxes.map((box, at) =>
        h("label", { class: "choice" }, box, h("span", { class: "choice-words" }, SCOPE_WORDS[wanted[at]] ?? wanted[at])))),
    ],
    actions: [{ label: "Cancel", value: null }, { label: "Continue", kind: "filled", value: "allow" }],
  });
  if (answer !== "allow") return false;
  const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
  const before = await get(`/google/identity/consents?email=${encodeURIComponent(email)}`);
  await post("/google/identity/consents", { email, scopes: [...new Set([...before.scopes, ...chosen])] });
  return chosen.length === wanted.length;
}

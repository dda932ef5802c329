// The share dialog of a file: who may open it. Everything happens with the rights of the person who looks.

import { post } from "./api.js";
import { askDialog, avatar, h } from "./dom.js";
import { symbol } from "./icons.js";

const ROLE_WORDS = { owner: "Owner", writer: "Editor", commenter: "Commenter", reader: "Viewer", fileOrganizer: "Content manager", organizer: "Manager" };
// Hours until access ends, as Google's own dialog offers a day; the short ones are for trying it out.
const ENDS = [["", "No end"], ["0.02", "Ends in a minute"], ["1", "Ends in an hour"], ["24", "Ends tomorrow"], ["168", "Ends in a week"]];
const HOUR_MS = 3_600_000;

/** Opens the dialog and resolves when it is closed. */
export async function openShare({ email, file, people }) {
  const list = h("ul", { class: "share-list" });
  const problem = h("p", { class: "share-problem", role: "alert", hidden: true });
  const act = async (path, more) => {
    problem.hidden = true;
    try {
      await post(path, { email, spreadsheet_id: file.id, ...more });
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    }
    await draw();
  };
  const draw = async () => {
    try {
      const entries = await post("/preview/shares", { email, spreadsheet_id: file.id });
      list.replaceChildren(...entries.filter((entry) => entry.type !== "anyone").map((entry) => row(entry, people, act)));
      link.value = entries.find((entry) => entry.type === "anyone")?.role ?? "";
      link.dataset.id = entries.find((entry) => entry.type === "anyone")?.id ?? "";
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    }
  };
  const link = h("select", { class: "share-role", "aria-label": "General access", onchange: async () => {
    if (link.dataset.id) await act("/preview/unshare", { permission_id: link.dataset.id });
    if (link.value) await act("/preview/share", { type: "anyone", role: link.value });
  } }, h("option", { value: "" }, "Restricted"), h("option", { value: "reader" }, "Anyone with the link: viewer"),
  h("option", { value: "writer" }, "Anyone with the link: editor"));
  await draw();
  await askDialog({
    title: `Share “${file.title}”`, wide: true, actions: [{ label: "Done", kind: "filled", value: "done" }],
    body: [addForm(act, people), problem, h("h3", { class: "share-heading" }, "People with access"), list,
      h("h3", { class: "share-heading" }, "General access"), link],
  });
}

function addForm(act, people) {
  const who = h("input", { class: "share-input", type: "email", list: "share-people", placeholder: "Add people by email", "aria-label": "Email address", required: true });
  const role = h("select", { class: "share-role", "aria-label": "Role" }, ["writer", "commenter", "reader"].map((one) => h("option", { value: one }, ROLE_WORDS[one])));
  const end = h("select", { class: "share-role", "aria-label": "Access ends" }, ENDS.map(([hours, words]) => h("option", { value: hours }, words)));
  return h("form", { class: "share-add", onsubmit: async (event) => {
    event.preventDefault();
    const until = end.value && new Date(Date.now() + Number(end.value) * HOUR_MS).toISOString();
    await act("/preview/share", { type: "user", role: role.value, emailAddress: who.value.trim(), expirationTime: until });
    who.value = "";
    end.value = "";
  } }, who, h("datalist", { id: "share-people" }, people.map((person) => h("option", { value: person.email }, person.name))), role, end,
  h("button", { class: "pill pill-tonal" }, "Share"));
}

function row(entry, people, act) {
  const person = people.find((one) => one.email === entry.emailAddress);
  const name = person?.name ?? entry.displayName ?? entry.emailAddress ?? entry.domain ?? entry.type;
  const face = person ? avatar(person, { size: 32 }) : h("span", { class: "share-kind" }, symbol(entry.type === "user" ? "smart_toy" : "groups"));
  const origin = originOf(entry);
  const fixed = entry.role === "owner" ? ROLE_WORDS.owner : origin;
  const remove = fixed ? h("span", { class: "menu-note" }, fixed) : h("button", {
    type: "button", class: "pill pill-text", "aria-label": `Remove ${name}`, onclick: () => act("/preview/unshare", { permission_id: entry.id }),
  }, "Remove");
  const until = entry.expirationTime ? ` · until ${new Date(entry.expirationTime).toLocaleString()}` : "";
  const kind = entry.role === "owner" ? "" : ` · ${ROLE_WORDS[entry.role] ?? entry.role}${until}`;
  return h("li", { class: "share-row" }, face, h("span", { class: "share-who" }, name, h("small", {}, `${entry.emailAddress ?? entry.domain ?? ""}${kind}`)), remove);
}

/** Where access comes from that cannot be ended at the file; empty for what was given on it. */
function originOf(entry) {
  const details = entry.permissionDetails ?? [];
  if (!details.length || details.some((one) => !one.inherited)) return "";
  return details.some((one) => one.permissionType === "member") ? "From the shared drive" : "From its folder";
}

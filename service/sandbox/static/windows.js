// Links that leave the sidebar: a new tab, or a pop-up that the sidebar waits for.

import { h } from "./dom.js";
import { isSafeLink } from "./richtext.js";

const LOOK_EVERY_MS = 200;
const WIDTH = 560;
const HEIGHT = 680;

/** Opens the link; resolves to true once an overlay was closed, to false at once for an ordinary tab. */
export function openLink({ url, openAs }, host) {
  if (!isSafeLink(url)) return Promise.resolve(false);
  if (openAs !== "OVERLAY") {
    window.open(url, "_blank", "noopener");
    return Promise.resolve(false);
  }
  const left = Math.max(0, screenX + (outerWidth - WIDTH) / 2);
  const top = Math.max(0, screenY + (outerHeight - HEIGHT) / 2);
  const popup = window.open(url, "rowstream-overlay", `popup,width=${WIDTH},height=${HEIGHT},left=${left},top=${top}`);
  return popup ? waitFor(popup, host) : Promise.resolve(false);
}

function waitFor(popup, host) {
  return new Promise((resolve) => {
    const veil = h("div", { class: "veil" },
      h("p", {}, "Continue in the window that opened."),
      h("button", { type: "button", class: "pill pill-text", onclick: () => popup.focus() }, "Show window"),
      h("button", { type: "button", class: "pill pill-text", onclick: () => popup.close() }, "Close window"));
    host.append(veil);
    const timer = setInterval(() => {
      if (!popup.closed) return;
      clearInterval(timer);
      veil.remove();
      resolve(true);
    }, LOOK_EVERY_MS);
  });
}

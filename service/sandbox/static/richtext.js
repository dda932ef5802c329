// The small HTML that cards may carry: b, i, u, s, font colour, links, line breaks, time. Everything else is text.

const PLAIN = { B: "b", STRONG: "b", I: "i", EM: "i", U: "u", S: "s", STRIKE: "s", BR: "br", TIME: "time" };
const COLOUR = /^#[0-9a-f]{3}(?:[0-9a-f]{3})?$/i;

/** Nodes for `text`, with only the allowed tags and none of their other attributes. */
export function richText(text) {
  const template = document.createElement("template");
  template.innerHTML = String(text ?? "").replaceAll("\n", "<br>");
  const fragment = document.createDocumentFragment();
  copyInto(fragment, template.content);
  return fragment;
}

function copyInto(target, source) {
  for (const node of source.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) target.append(node.textContent);
    else if (node.nodeType === Node.ELEMENT_NODE) target.append(copyElement(node));
  }
}

function copyElement(node) {
  const copy = startTag(node);
  copyInto(copy, node.tagName === "SCRIPT" || node.tagName === "STYLE" ? document.createDocumentFragment() : node);
  return copy;
}

function startTag(node) {
  if (PLAIN[node.tagName]) return document.createElement(PLAIN[node.tagName]);
  if (node.tagName === "FONT") {
    const span = document.createElement("span");
    const colour = node.getAttribute("color") ?? "";
    if (COLOUR.test(colour)) span.style.color = colour;
    return span;
  }
  if (node.tagName === "A" && isSafeLink(node.getAttribute("href"))) {
    const link = document.createElement("a");
    link.href = node.getAttribute("href");
    link.target = "_blank";
    link.rel = "noopener";
    return link;
  }
  return document.createDocumentFragment();
}

/** Google opens https and mailto links; the local world adds plain http on loopback. */
export function isSafeLink(address) {
  try {
    const url = new URL(address);
    const loopback = url.protocol === "http:" && ["127.0.0.1", "localhost"].includes(url.hostname);
    return loopback || url.protocol === "https:" || url.protocol === "mailto:";
  } catch {
    return false;
  }
}

// Draws one card: header, sections, fixed footer.

import { h } from "./dom.js";
import { symbol } from "./icons.js";
import { richText } from "./richtext.js";
import { button, drawWidget } from "./widgets.js";

const MOST_WIDGETS = 100;

/** The card as an element. The section that passes 100 widgets and all after it are dropped, as Google does. */
export function drawCard(card, context) {
  const sections = [];
  let widgets = 0;
  for (const section of card.sections ?? []) {
    widgets += (section.widgets ?? []).length;
    if (widgets > MOST_WIDGETS) break;
    sections.push(drawSection(section, context));
  }
  const divided = card.sectionDividerStyle === "NO_DIVIDER" ? "" : " card-divided";
  return h("article", { class: `card${divided}`, "aria-label": card.header?.title ?? "Card" },
    h("div", { class: "card-scroll" }, card.header ? drawHeader(card.header) : null, sections),
    card.fixedFooter ? drawFooter(card.fixedFooter, context) : null);
}

function drawHeader(header) {
  const round = header.imageType === "CIRCLE" ? " header-round" : "";
  return h("header", { class: "card-header" },
    header.imageUrl ? h("img", { class: `header-image${round}`, src: header.imageUrl, alt: header.imageAltText ?? "" }) : null,
    h("div", { class: "header-words" },
      h("h2", { class: "header-title" }, richText(header.title)),
      header.subtitle ? h("p", { class: "header-subtitle" }, richText(header.subtitle)) : null));
}

function drawSection(section, context) {
  const widgets = (section.widgets ?? []).map((widget) => drawWidget(widget, context));
  const body = h("div", { class: "section-body" }, widgets);
  const root = h("section", { class: "section" },
    section.header ? h("h3", { class: "section-header" }, richText(section.header)) : null, body);
  const always = section.uncollapsibleWidgetsCount ?? 0;
  if (section.collapsible && widgets.length > always) root.append(collapser(widgets.slice(always), section));
  return root;
}

function collapser(hidden, section) {
  const control = section.collapseControl ?? {};
  const toggle = h("button", { type: "button", class: "collapser", "aria-expanded": "false" });
  const draw = (open) => {
    for (const widget of hidden) widget.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    const words = open ? control.collapseButton?.text ?? "Show less" : control.expandButton?.text ?? "Show more";
    toggle.replaceChildren(words, symbol(open ? "keyboard_arrow_up" : "keyboard_arrow_down"));
  };
  toggle.addEventListener("click", () => draw(toggle.getAttribute("aria-expanded") !== "true"));
  draw(false);
  return toggle;
}

function drawFooter(footer, context) {
  const buttons = [footer.secondaryButton && button({ type: "OUTLINED", ...footer.secondaryButton }, context),
    footer.primaryButton && button({ type: "FILLED", ...footer.primaryButton }, context)];
  return h("footer", { class: "card-footer" }, buttons.filter(Boolean));
}

// Icons of cards and of the preview's own buttons, drawn from one sprite (Material Symbols, see icons.svg).

const SPRITE = "/static/icons.svg";

/** Google's `knownIcon` names → the symbol that looks like them. Any other name is shown as a broken image. */
const KNOWN = {
  AIRPLANE: "flight", BOOKMARK: "bookmark", BUS: "directions_bus", CAR: "directions_car", CLOCK: "schedule",
  CONFIRMATION_NUMBER_ICON: "confirmation_number", DESCRIPTION: "description", DOLLAR: "attach_money", EMAIL: "mail",
  EVENT_SEAT: "event_seat", FLIGHT_ARRIVAL: "flight_land", FLIGHT_DEPARTURE: "flight_takeoff", HOTEL: "hotel",
  HOTEL_ROOM_TYPE: "hotel", INVITE: "event", MAP_PIN: "location_on", MEMBERSHIP: "card_membership",
  MULTIPLE_PEOPLE: "group", PERSON: "person", PHONE: "call", RESTAURANT_ICON: "restaurant",
  SHOPPING_CART: "shopping_cart", STAR: "star", STORE: "store", TICKET: "local_activity", TRAIN: "train",
  VIDEO_CAMERA: "videocam", VIDEO_PLAY: "play_circle",
};

/** Older names of the icon set that still work at Google. */
const RENAMED = {
  business: "domain", done: "check", email: "mail", expand_less: "keyboard_arrow_up", insights: "monitoring",
  expand_more: "keyboard_arrow_down", file_download: "download", file_upload: "upload", local_offer: "sell",
  new_releases: "release_alert", note: "sticky_note_2", phone: "call", remove_circle: "do_not_disturb_on",
  report_problem: "warning", restore: "settings_backup_restore", watch_later: "schedule",
};

let drawn = new Set();

/** Resolves once it is known which symbols the sprite holds. */
export async function loadIcons() {
  const text = await (await fetch(SPRITE)).text();
  drawn = new Set([...text.matchAll(/<symbol id="([^"]+)"/g)].map((match) => match[1]));
}

/** A symbol by its Material name. */
export function symbol(name, { label = "" } = {}) {
  const wanted = RENAMED[name] ?? name;
  const id = drawn.size === 0 || drawn.has(wanted) ? wanted : "broken_image";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  if (id === "broken_image") svg.dataset.missing = name;
  if (label) { svg.setAttribute("role", "img"); svg.setAttribute("aria-label", label); } else svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${SPRITE}#${id}`);
  svg.append(use);
  return svg;
}

/** The `icon` of a card: a known icon, a Material one, or an image by address. */
export function cardIcon(icon) {
  if (icon.knownIcon) return symbol(KNOWN[icon.knownIcon] ?? "broken_image", { label: icon.altText });
  if (icon.materialIcon) return symbol(icon.materialIcon.name, { label: icon.altText });
  const image = document.createElement("img");
  image.className = icon.imageType === "CIRCLE" ? "icon icon-round" : "icon";
  image.alt = icon.altText ?? "";
  image.src = icon.iconUrl ?? "";
  return image;
}

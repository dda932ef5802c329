// Brings the preview to life: people, their files, the sheet, the sidebar beside it, the market below.

import { get, post, press } from "./api.js";
import { Coach } from "./coach.js";
import { SheetDocument } from "./document.js";
import { h, hideToasts, openMenu, showToast } from "./dom.js";
import { askFile, askScopes } from "./google.js";
import { loadIcons, symbol } from "./icons.js";
import { Market } from "./market.js";
import { drawPeople } from "./people.js";
import { openShare } from "./share.js";
import { Sidebar } from "./sidebar.js";
import { Watch, listFiles } from "./snapshots.js";

const FILES_EVERY_MS = 3000;
const place = (id) => document.getElementById(id);
const SHEET_LINK = /\/spreadsheets\/d\/([\w-]+)(?:.*[#&?]gid=(\d+))?/;

class Preview {
  constructor(world) {
    this.world = world;
    this.sidebar = new Sidebar(place("panel"), { about: world, google: this.google() });
    this.document = new SheetDocument(place("document"), {
      chooseFile: (anchor) => this.chooseFile(anchor),
      reach: (row) => this.watch?.reach(row),
      share: () => openShare({ email: this.person.email, file: this.file, people: this.world.people }),
    });
    this.market = new Market(place("market"), { control: "/tiktok/control/", placed: () => this.coach.expectRows() });
    this.coach = new Coach(place("coach"));
    this.drawCompanions();
  }

  google() {
    return {
      press: async (call) => {
        const reply = await press({ email: this.person.email, spreadsheetId: this.file?.id ?? null, ...call });
        this.coach.look();
        this.market.showCall(call.url, reply);
        return reply;
      },
      askFile: () => (this.file ? askFile({ about: this.world, email: this.person.email, file: this.file }) : this.sayNoFile()),
      askScopes: (scopes) => askScopes({ about: this.world, email: this.person.email, scopes }),
      follow: (url) => this.followSheetLink(url),
      close: () => this.setPanel(false),
    };
  }

  /** In Google Sheets a sidebar always stands beside a file. */
  sayNoFile() {
    showToast("Open or create a spreadsheet first.", place("panel"));
    return false;
  }

  /** A link to a spreadsheet opens here, in the sheet on the left. */
  followSheetLink(url) {
    const match = SHEET_LINK.exec(url);
    const file = match && this.files.find((one) => one.id === match[1]);
    if (!file) return false;
    const show = () => { if (match[2]) this.document.openTab(match[2]); };
    if (file.id === this.file?.id) show();
    else this.openFile(file).then(show);
    return true;
  }

  async choosePerson(person) {
    if (person !== this.person) hideToasts(); // what one person was told is not for the next
    this.person = person;
    localStorage.setItem("person", person.email);
    drawPeople(place("people"), { people: this.world.people, current: person.email, choose: (one) => this.choosePerson(one) });
    this.files = await listFiles(person.email);
    if (this.person !== person) return;
    const known = this.files.find((file) => file.id === localStorage.getItem(`file ${person.email}`))
      ?? this.files.find((file) => file.id === this.file?.id) ?? this.files[0];
    await this.openFile(known ?? null);
  }

  /** The sheet shows this file (or none), and the sidebar starts anew on it. */
  async openFile(file) {
    this.watch?.stop();
    this.file = file;
    const readOnly = !file || ["reader", "commenter"].includes(file.role);
    this.document.setViewer(this.person, { readOnly });
    if (file) {
      localStorage.setItem(`file ${this.person.email}`, file.id);
      this.watch = new Watch(file.id, (model, changed) => {
        this.document.show(model, changed);
        this.coach.look(model);
      });
    } else this.drawNoFile();
    if (!place("panel").hidden) await this.sidebar.openHome();
    document.documentElement.dataset.file = file?.id ?? "";
  }

  /** Somebody may have shared a file, or taken it away. */
  async lookAtFiles() {
    const { person } = this;
    const files = await listFiles(person.email).catch(() => this.files);
    if (this.person !== person) return;
    const before = this.files;
    this.files = files;
    const here = files.find((file) => file.id === this.file?.id);
    if (this.file ? !here || here.role !== this.file.role : files.length > before.length) await this.choosePerson(person);
  }

  drawNoFile() {
    this.document.showEmpty("No spreadsheets here yet",
      `${this.person.name} has no file of their own, and nobody has shared one with them.`,
      [{ label: "New spreadsheet", run: () => this.newFile() }]);
  }

  async newFile() {
    try {
      const file = await post("/preview/files", { email: this.person.email, title: "Untitled spreadsheet" });
      this.files = await listFiles(this.person.email);
      await this.openFile(this.files.find((one) => one.id === file.id) ?? file);
    } catch (error) {
      showToast(error.message);
    }
  }

  async chooseFile(anchor) {
    const box = anchor.getBoundingClientRect();
    this.files = await listFiles(this.person.email);
    const items = this.files.map((file) => ({
      label: file.title, icon: symbol(file.id === this.file?.id ? "check" : "description"), note: file.owner === this.person.email ? "" : "shared", run: () => this.openFile(file),
    }));
    openMenu([...items, ...(items.length ? [null] : []), { label: "New spreadsheet", icon: symbol("add"), run: () => this.newFile() }], { x: box.left, y: box.bottom + 4 });
  }

  drawCompanions() {
    this.companion = h("button", {
      type: "button", class: "companion", "aria-pressed": "true", "aria-label": this.world.name, title: this.world.name,
      onclick: () => this.setPanel(place("panel").hidden),
    }, h("img", { src: this.world.logo, alt: "" }));
    place("companions").replaceChildren(this.companion);
  }

  setPanel(open) {
    place("panel").hidden = !open;
    this.companion.setAttribute("aria-pressed", String(open));
    if (open) this.sidebar.openHome();
  }
}

const [world] = await Promise.all([get("/preview/world"), loadIcons()]);
const preview = new Preview(world);
const last = localStorage.getItem("person");
await preview.choosePerson(world.people.find((person) => person.email === last) ?? world.people[0]);
setInterval(() => { if (!document.hidden) preview.lookAtFiles(); }, FILES_EVERY_MS);
document.documentElement.dataset.ready = "yes";

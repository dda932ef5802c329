// The stand-in for https://apis.google.com/js/api.js with its "picker" library: the part that a page needs to let a
// person choose one spreadsheet. The window is a frame of the local world; what it says is checked by its origin.
"use strict";

(() => {
  const home = new URL(".", document.currentScript.src);

  class DocsView {
    constructor(viewId) {
      this.viewId = viewId;
      this.ids = "";
    }
    setFileIds(ids) {
      this.ids = ids;
      return this;
    }
    setMode() {
      return this;
    }
    setIncludeFolders() {
      return this;
    }
  }

  class Picker {
    constructor(wishes) {
      this.wishes = wishes;
    }
    setVisible(visible) {
      if (this.frame) {
        this.frame.remove();
        this.frame = null;
      }
      if (visible) {
        this.open();
      }
    }
    open() {
      const { token, key, app, ids, callback } = this.wishes;
      const address = new URL("picker", home);
      address.search = new URLSearchParams({ token, key, app, ids, origin: location.origin });
      const frame = document.createElement("iframe");
      frame.title = "Choose a file";
      Object.assign(frame.style, {
        position: "fixed", inset: "0", margin: "auto", width: "min(640px, 94vw)", height: "min(460px, 90vh)",
        border: "0", borderRadius: "8px", boxShadow: "0 4px 32px rgba(0, 0, 0, .35)", background: "#fff",
      });
      frame.src = address.href;
      const hear = (event) => {
        if (event.origin !== home.origin || event.source !== frame.contentWindow) {
          return;
        }
        removeEventListener("message", hear);
        this.setVisible(false);
        callback(event.data);
      };
      addEventListener("message", hear);
      document.body.append(frame);
      this.frame = frame;
      callback({ action: "loaded" });
    }
  }

  class PickerBuilder {
    constructor() {
      this.wishes = { token: "", key: "", app: "", ids: "", callback: () => {} };
    }
    with(name, value) {
      this.wishes[name] = value;
      return this;
    }
    addView(view) {
      return this.with("ids", view.ids || "");
    }
    setOAuthToken(token) {
      return this.with("token", token);
    }
    setDeveloperKey(key) {
      return this.with("key", key);
    }
    setAppId(app) {
      return this.with("app", app);
    }
    setCallback(callback) {
      return this.with("callback", callback);
    }
    setTitle() {
      return this;
    }
    setOrigin() {
      return this;
    }
    build() {
      return new Picker(this.wishes);
    }
  }

  window.google = {
    picker: {
      DocsView,
      PickerBuilder,
      ViewId: { SPREADSHEETS: "spreadsheets", DOCS: "all" },
      DocsViewMode: { LIST: "list", GRID: "grid" },
      Action: { PICKED: "picked", CANCEL: "cancel", LOADED: "loaded" },
      Response: { ACTION: "action", DOCUMENTS: "docs" },
      Document: { ID: "id", NAME: "name" },
    },
  };
  window.gapi = {
    load(_libraries, then) {
      queueMicrotask(typeof then === "function" ? then : then.callback);
    },
  };
})();

// Reads the product's answer the way Google does: one envelope in, one plain plan out.

/**
 * What an answer asks for. `entry` is "trigger" (homepage, file granted) or "action".
 * A plan has: navigations, toast, link, askFile, askScopes, items, failed.
 */
export function readReply({ status, body }, entry) {
  if (status !== 200 || body === null || typeof body !== "object") return { failed: true };
  const scopes = body.requesting_google_scopes ?? body.requestingGoogleScopes;
  if (scopes) return { askScopes: scopes.all_scopes || scopes.allScopes ? "all" : scopes.scopes ?? [] };
  const prompt = body.custom_authorization_prompt ?? body.customAuthorizationPrompt;
  if (prompt) return readAction(prompt.action);
  const basic = body.basic_authorization_prompt ?? body.basicAuthorizationPrompt;
  if (basic) return { navigations: [{ pushCard: promptCard(basic) }] };
  if (body.autoComplete) return { items: body.autoComplete.items ?? [] };
  if (body.renderActions) return readRender(body.renderActions);
  if (body.action) return readAction(body.action);
  if (entry === "trigger" && (body.sections || body.header)) return { navigations: [{ pushCard: body }] };
  return { failed: Object.keys(body).length > 0 };
}

function readRender(render) {
  const editor = render.hostAppAction?.editorAction;
  const plan = readAction(render.action);
  return editor?.requestFileScopeForActiveDocument ? { ...plan, askFile: true } : plan;
}

function readAction(action = {}) {
  return { navigations: action.navigations ?? [], toast: action.notification?.text, link: action.link };
}

function promptCard(basic) {
  const url = basic.authorization_url ?? basic.authorizationUrl;
  const open = { openLink: { url, openAs: "OVERLAY", onClose: "RELOAD" } };
  return {
    header: { title: "Sign in" },
    sections: [{ widgets: [
      { textParagraph: { text: `Rowstream needs access to your ${basic.resource ?? "account"}.` } },
      { buttonList: { buttons: [{ text: "Authorise access", type: "FILLED", onClick: open }] } },
    ] }],
  };
}

// Calls to the world. Every answer is JSON; a refusal becomes an Error with the sentence it came with.

async function call(method, url, body, { signal } = {}) {
  const answer = await fetch(url, {
    method,
    signal,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  const data = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Error(sentenceOf(data) ?? `The local world answered ${answer.status}.`);
  return data;
}

const sentenceOf = (data) => data?.message ?? data?.error?.message ?? (typeof data?.error === "string" ? data.error : null);

export const get = (url, more) => call("GET", url, undefined, more);
export const post = (url, body) => call("POST", url, body);

const READER = {
  locale: navigator.language || "en-GB",
  time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "Europe/London",
};

/** A press, carried out by the world as Google would. A broken line counts as no answer. */
export async function press({ email, spreadsheetId, url, parameters, formInputs }) {
  try {
    return await post("/preview/press", {
      email, spreadsheet_id: spreadsheetId, url, parameters, form_inputs: formInputs, ...READER,
    });
  } catch {
    return { status: 0, body: null };
  }
}

// @ts-check
/**
 * Speaks with security keys. A form with `data-ceremony` has a hidden field `answer` that only a key can fill: when it is
 * sent empty, this asks the portal what to ask (`data-options`), asks the browser, fills the field and sends the form.
 * What goes wrong is said in the page's own sentences: `template[data-when]`, shown in `[data-says]`.
 */

/** @typedef {{ type: PublicKeyCredentialType, id: string, transports?: AuthenticatorTransport[] }} Described */

/**
 * Unpadded base64url.
 * @param {ArrayBuffer | ArrayBufferView} bytes
 */
export function encode(bytes) {
  const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
  let text = "";
  for (const byte of view) text += String.fromCharCode(byte);
  return btoa(text).replace(/\+/gu, "-").replace(/\//gu, "_").replace(/=+$/u, "");
}

/** @param {string} text unpadded base64url */
export function decode(text) {
  const plain = atob(text.replace(/-/gu, "+").replace(/_/gu, "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

/**
 * PublicKeyCredentialCreationOptionsJSON or PublicKeyCredentialRequestOptionsJSON as browsers take it. Done by hand, as
 * some browsers have no `parse…FromJSON` yet.
 * @param {any} json
 */
export function options(json) {
  const described = (/** @type {Described[]} */ list) => list.map((one) => ({ ...one, id: decode(one.id) }));
  const made = { ...json, challenge: decode(json.challenge) };
  if (json.user) made.user = { ...json.user, id: decode(json.user.id) };
  if (json.excludeCredentials) made.excludeCredentials = described(json.excludeCredentials);
  if (json.allowCredentials) made.allowCredentials = described(json.allowCredentials);
  return made;
}

/**
 * The same options for a key that can hold no passkey: some browsers then refuse where they were only to prefer one.
 * @param {any} publicKey
 */
export function withoutPasskey(publicKey) {
  return { ...publicKey, authenticatorSelection: { ...publicKey.authenticatorSelection, residentKey: "discouraged" } };
}

/**
 * A browser's answer as RegistrationResponseJSON or AuthenticationResponseJSON.
 * @param {any} credential
 */
export function answer(credential) {
  // Neither a credential nor a refusal: some extensions answer so where somebody closes their window.
  if (!credential?.response) throw new DOMException("The ceremony gave nothing.", "NotAllowedError");
  const { response } = credential;
  const made = {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: {},
    response: { clientDataJSON: encode(response.clientDataJSON) },
  };
  /** @type {Record<string, unknown>} */
  const inside = made.response;
  if (response.attestationObject) {
    inside.attestationObject = encode(response.attestationObject);
    inside.transports = response.getTransports?.() ?? [];
  } else {
    inside.authenticatorData = encode(response.authenticatorData);
    inside.signature = encode(response.signature);
    inside.userHandle = response.userHandle?.byteLength ? encode(response.userHandle) : null;
  }
  return made;
}

/** What the portal refused to hand out. */
export class Refused extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`status ${status}`);
    this.status = status;
  }
}

/** The portal was not reached, or what it answered cannot be read. */
export class Unreachable extends Error {}

/**
 * Which sentence tells of an error; `null` if the page has to be loaded anew to tell.
 * @param {unknown} error
 */
export function sentence(error) {
  if (error instanceof Refused) {
    if (error.status === 429) return "often";
    return error.status < 500 ? null : "away";
  }
  if (error instanceof Unreachable) return "away";
  // Extensions that stand in for the browser throw these where somebody closes their window.
  if (error instanceof TypeError) return "cancelled";
  switch (/** @type {any} */ (error)?.name) {
    case "NotAllowedError":
    case "AbortError":
    case "TimeoutError":
      return "cancelled";
    case "InvalidStateError":
      return "already";
    case "ConstraintError":
      return "pin";
    case "SecurityError":
      return "elsewhere";
    case "NotSupportedError":
      return "unsupported";
    default:
      return "failed";
  }
}

/**
 * @param {string} path
 * @param {string} [name] of a new key
 */
async function asked(path, name) {
  const headers = { accept: "application/json", "content-type": "application/json" };
  const body = JSON.stringify({ name });
  const response = await reached(() => fetch(path, { method: "POST", headers, body }));
  if (!response.ok) throw new Refused(response.status);
  return reached(async () => options((await response.json()).publicKey));
}

/**
 * What the portal answered; whatever goes wrong with that is told apart from what a ceremony throws.
 * @template T
 * @param {() => Promise<T>} act
 */
export async function reached(act) {
  try {
    return await act();
  } catch (error) {
    throw new Unreachable("no answer", { cause: error });
  }
}

function start() {
  const place = document.querySelector("[data-says]");
  const forms = /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-ceremony]"));

  /** @param {string} when */
  function say(when) {
    const template = document.querySelector(`template[data-when="${when}"]`);
    if (place && template instanceof HTMLTemplateElement) place.replaceChildren(template.content.cloneNode(true));
  }

  /** @param {boolean} busy */
  function waits(busy) {
    for (const form of forms) for (const button of form.querySelectorAll("button")) button.disabled = busy;
  }

  /** @param {HTMLFormElement} form @param {any} publicKey */
  function create(form, publicKey) {
    const plain = /** @type {HTMLInputElement | null} */ (form.querySelector("[data-without-passkey] input"))?.checked;
    return navigator.credentials.create({ publicKey: plain ? withoutPasskey(publicKey) : publicKey });
  }

  /** @param {HTMLFormElement} form */
  async function ceremony(form) {
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("answer"));
    const name = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("name"))?.value;
    // A name that does not fit is told by the form's own answer, before a key is asked.
    if (name?.trim() === "") return form.submit();
    const creates = form.dataset.ceremony === "create";
    waits(true);
    say("waiting");
    try {
      const publicKey = await asked(form.dataset.options ?? "", name);
      const credential = creates ? await create(form, publicKey) : await navigator.credentials.get({ publicKey });
      field.value = JSON.stringify(answer(credential));
      form.submit();
    } catch (error) {
      // The form's own answer tells which factor has to be passed first.
      if (error instanceof Refused && error.status === 403) return form.submit();
      const when = sentence(error);
      if (when === null) return location.reload();
      waits(false);
      const nothing = creates && when === "cancelled";
      say(nothing ? "cancelled-new" : when);
      if (nothing) form.querySelector("[data-without-passkey]")?.removeAttribute("hidden");
      form.querySelector("button")?.focus();
    }
  }

  if (!window.PublicKeyCredential) return say("unsupported");
  for (const form of forms) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void ceremony(form);
    });
    form.hidden = false;
  }
  // Back from the next page, the browser may show this one as it was left.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}

if (typeof document !== "undefined") start();

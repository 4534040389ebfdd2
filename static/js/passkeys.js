// Passkeys: a form with data-passkey="make", "show" or "sign-in" asks the browser before it is sent, and carries the
// answer in its field "credential". What to ask is in the <script> that data-passkey-options names, or else fetched.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const words = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const keys = (list = []) => list.map((key) => ({ ...key, id: bytes(key.id) }));

async function make({ publicKey }) {
  const options = {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    user: { ...publicKey.user, id: bytes(publicKey.user.id) },
    excludeCredentials: keys(publicKey.excludeCredentials),
    authenticatorSelection: { ...publicKey.authenticatorSelection, residentKey: "preferred", requireResidentKey: false },
  };
  return navigator.credentials.create({ publicKey: options });
}

async function show({ publicKey }) {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: keys(publicKey.allowCredentials) };
  return navigator.credentials.get({ publicKey: options });
}

function asJson({ id, rawId, type, response, authenticatorAttachment }, extensions) {
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = words(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return JSON.stringify({ id, rawId: words(rawId), type, response: parts, authenticatorAttachment, clientExtensionResults: extensions });
}

async function optionsOf(form) {
  const known = document.getElementById(form.dataset.passkeyOptions);
  if (known) return JSON.parse(known.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options;
}

async function ask(form) {
  const options = await optionsOf(form);
  const credential = await (form.dataset.passkey === "make" ? make(options) : show(options));
  form.elements.credential.value = asJson(credential, credential.getClientExtensionResults());
  form.submit();
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  form.hidden = !window.PublicKeyCredential;
  form.querySelector("button[type=submit]").disabled = false; // until now it would have sent nothing
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const trouble = form.querySelector("[data-passkey-trouble]");
    trouble.hidden = true;
    ask(form).catch(() => { trouble.hidden = false; });
  });
}

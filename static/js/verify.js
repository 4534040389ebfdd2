// The verification page: has the seal in the address's fragment checked, which the QR code on paper carries.
const section = document.querySelector("[data-seal]");
const seal = location.hash.slice(1);

async function isGenuine() {
  const answer = await fetch(section.dataset.seal, {
    method: "POST",
    headers: { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] },
    body: new URLSearchParams({ seal }),
  });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return (await answer.json()).genuine;
}

function show(name) {
  section.replaceChildren(section.querySelector(`template[data-${name}]`).content.cloneNode(true));
}

if (section && seal) {
  isGenuine().then(
    (genuine) => show(genuine ? "good" : "bad"),
    () => show("unknown"),
  );
}

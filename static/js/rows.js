// Adds and removes rows of a Django formset.
//   <div data-rows="medicines">            the formset's prefix
//     <div data-row>…</div>                one per form; removing hides it and ticks its DELETE box, or empties it
//     <template data-row-template>…</template>   formset.empty_form
//     <button data-add-row>, and in each row <button data-remove-row>
//   </div>
// Without JavaScript the add button submits the form, and the server answers with one more row.
const total = (rows) => document.getElementById(`id_${rows.dataset.rows}-TOTAL_FORMS`);

function add(rows) {
  const count = total(rows);
  const template = rows.querySelector("[data-row-template]");
  const holder = document.createElement("div");
  holder.innerHTML = template.innerHTML.replaceAll("__prefix__", count.value);
  const row = holder.firstElementChild;
  template.before(row);
  count.value = Number(count.value) + 1;
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

function remove(rows, row) {
  const box = row.querySelector("input[name$='-DELETE']");
  if (box) box.checked = true;
  else row.querySelectorAll("input, select, textarea").forEach((control) => { control.value = ""; });
  row.hidden = true;
  rows.querySelector("[data-add-row]")?.focus();
}

document.addEventListener("click", (event) => {
  const rows = event.target.closest("[data-rows]");
  if (!rows) return;
  const remover = event.target.closest("[data-remove-row]");
  if (remover) remove(rows, remover.closest("[data-row]"));
  else if (event.target.closest("[data-add-row]")) add(rows);
  else return;
  event.preventDefault();
});

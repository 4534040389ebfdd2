// Adds and removes rows of a Django formset with can_delete.
//   <div data-rows="medicines">                                the formset's prefix
//     <div data-row>… <div data-delete>{{ row.DELETE }}</div> <button type="button" data-remove-row hidden>…
//     <template data-row-template>…</template>                 a row of formset.empty_form
//     <button type="submit" name="add_row" value="1" data-add-row>…
// Without JavaScript the DELETE boxes show, and the add button submits: the server answers with one more row.
function ready(row) {
  row.querySelector("[data-delete]").hidden = true;
  row.querySelector("[data-remove-row]").hidden = false;
}

function add(rows) {
  const count = document.getElementById(`id_${rows.dataset.rows}-TOTAL_FORMS`);
  const template = rows.querySelector("[data-row-template]");
  const holder = document.createElement("div");
  holder.innerHTML = template.innerHTML.replaceAll("__prefix__", count.value);
  const row = holder.firstElementChild;
  ready(row);
  template.before(row);
  count.value = Number(count.value) + 1;
  row.querySelector("input:not([type=hidden]), select, textarea").focus();
}

function remove(rows, row) {
  row.querySelector("input[name$='-DELETE']").checked = true;
  row.hidden = true;
  rows.dispatchEvent(new Event("input", { bubbles: true })); // a form that saves itself hears of it
  rows.querySelector("[data-add-row]").focus();
}

document.querySelectorAll("[data-rows] [data-row]").forEach(ready);
document.addEventListener("click", (event) => {
  const rows = event.target.closest("[data-rows]");
  const adder = rows && event.target.closest("[data-add-row]");
  const remover = rows && event.target.closest("[data-remove-row]");
  if (!adder && !remover) return;
  event.preventDefault();
  if (adder) add(rows);
  else remove(rows, remover.closest("[data-row]"));
});

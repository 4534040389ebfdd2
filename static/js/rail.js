// On phones a doctor's navigation is a row that scrolls: the current page's tab is brought to its middle.
const rail = document.querySelector(".rail");
const tab = rail?.querySelector("[aria-current]");

if (tab) {
  const [row, place] = [rail.getBoundingClientRect(), tab.getBoundingClientRect()];
  rail.scrollLeft += place.left + place.width / 2 - row.left - row.width / 2; // from where it is: right in RTL too
}

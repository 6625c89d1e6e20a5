"use strict";
(() => {
  const search = document.getElementById("search");
  const order = document.getElementById("order");
  const shown = document.getElementById("shown");
  const main = document.querySelector("main");
  const cards = [...main.querySelectorAll("article")];
  const links = [...document.querySelectorAll("nav li > a")];
  const groups = [...document.querySelectorAll("nav details")].reverse();
  const open = new Map(groups.map((group) => [group, group.open]));
  const name = (card) => card.dataset.name.toLowerCase();

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    cards.forEach((card, at) => {
      const found = words.every((word) => name(card).includes(word));
      card.hidden = !found;
      links[at].parentElement.hidden = !found;
      count += found;
    });
    // Inner groups come first, so that an outer one can ask them.
    for (const group of groups) {
      const items = [...group.lastElementChild.children];
      group.parentElement.hidden = items.every((item) => item.hidden);
      group.open = words.length > 0 || open.get(group);
    }
    shown.textContent =
      words.length > 0 ? `${count} of ${cards.length} arrays` : `${cards.length} arrays`;
  }

  const orders = {
    file: (a, b) => a.at - b.at,
    name: (a, b) => name(a.card).localeCompare(name(b.card), "en", { numeric: true }) || a.at - b.at,
    size: (a, b) => b.card.dataset.size - a.card.dataset.size || a.at - b.at,
    bad: (a, b) => b.card.dataset.bad - a.card.dataset.bad || a.at - b.at,
  };

  function sort() {
    const all = cards.map((card, at) => ({ card, at })).sort(orders[order.value]);
    main.append(...all.map(({ card }) => card));
  }

  // Cards are in the file's order at first, links in the tree's.
  links.sort((a, b) => a.hash.slice(2) - b.hash.slice(2));
  search.addEventListener("input", filter);
  order.addEventListener("change", sort);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      search.value = "";
      filter();
    }
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    }
  });
  for (const control of document.querySelectorAll(".script")) control.hidden = false;
  // What a browser kept of an earlier visit.
  filter();
  if (order.value !== "file") sort();
})();

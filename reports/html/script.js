// The page is complete without this: here are the filters, and buttons that copy.
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // reveal opens whatever keeps the target of the address from being seen.
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    for (let e = target; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    target?.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  for (const pre of all(".curl pre")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      getSelection().selectAllChildren(pre);
      try {
        await navigator.clipboard.writeText(pre.textContent);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Selected: copy it with the keyboard";
      }
    });
    pre.after(button);
  }

  const form = document.getElementById("filters");
  if (!form) return;
  const groups = all(".group");
  const findings = all(".finding").map((element) => ({ element, text: element.textContent.toLowerCase() }));
  const fold = document.getElementById("fold");
  const status = form.querySelector("output");

  // before says which groups were open when the filters began to narrow, so that clearing them restores it.
  let before = null;
  const regroup = (narrowed) => {
    if (narrowed && !before) before = groups.map((group) => group.open);
    groups.forEach((group, i) => {
      group.hidden = !group.querySelector(".finding:not([hidden])");
      if (narrowed && !group.hidden) group.open = true;
      if (!narrowed && before) group.open = before[i];
    });
    if (!narrowed) before = null;
  };

  const apply = () => {
    const asked = new FormData(form);
    const outcomes = asked.getAll("outcome");
    const levels = asked.getAll("level");
    const area = asked.get("area");
    const words = asked.get("text").toLowerCase().split(/\s+/).filter(Boolean);
    const narrowed = outcomes.length + levels.length + words.length > 0 || area !== "";
    let shown = 0;
    for (const { element, text } of findings) {
      const { outcome, level } = element.dataset;
      const fits =
        (outcomes.length === 0 || outcomes.includes(outcome)) &&
        (levels.length === 0 || levels.includes(level)) &&
        (area === "" || area === element.dataset.area) &&
        words.every((word) => text.includes(word));
      element.hidden = !fits;
      shown += fits;
    }
    regroup(narrowed);
    status.textContent = narrowed ? `${shown} of ${findings.length} findings` : `${findings.length} findings`;
  };

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") form.reset();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    form.elements.text.focus();
  });
  fold.addEventListener("click", () => {
    const open = fold.textContent === "Open all";
    for (const group of groups) if (open) group.open = true;
    for (const { element } of findings) element.open = open;
    fold.textContent = open ? "Close all" : "Open all";
  });
  apply();
})();

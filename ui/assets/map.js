// A part that is pointed at or has the focus shows its links and its counterparts.
(() => {
  function point(part) {
    const links = element.querySelector(".yj-links");
    if (!links) return;
    const lit = new Set(part ? [part] : []);
    for (const line of links.querySelectorAll(".yj-line")) {
      const on = part && (line.dataset.left === part || line.dataset.right === part);
      line.classList.toggle("yj-lit", Boolean(on));
      if (on) lit.add(line.dataset.left).add(line.dataset.right);
    }
    links.classList.toggle("yj-pointed", Boolean(part));
    for (const each of links.querySelectorAll(".yj-part")) each.classList.toggle("yj-lit", lit.has(each.dataset.part));
  }

  const partOf = (event) => event.target.closest?.(".yj-links .yj-part")?.dataset.part ?? null;
  for (const name of ["mouseover", "focusin"]) element.addEventListener(name, (event) => point(partOf(event)));
  for (const name of ["mouseleave", "focusout"]) element.addEventListener(name, () => point(null));
})();

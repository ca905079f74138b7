// One set of listeners per panel, on the panel itself, so that they outlive every redrawing of what is inside.
// They tell the server which thing was chosen; nothing of a document's or an answer's text is ever evaluated here.
const shared = (window.yiju ??= { byKey: false, chosen: false });

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !element.contains(button) || button.disabled) return;
  shared.byKey = event.detail === 0;
  const { event: name, opens, sure, copy, done, inside, citation } = button.dataset;
  if (opens) open(button, opens);
  else if (button.classList.contains("yj-back")) leave(button.closest(".yj-opened"));
  else if (done) navigator.clipboard?.writeText(copy).then(() => (button.textContent = done));
  else if (sure && button.textContent !== sure) button.textContent = sure;
  else if (inside) trigger("apply", { document: inside });
  else if (name) act(name, button);
  else if (citation) act("select", button);
  else if (button.classList.contains("yj-theme")) paint(!document.body.classList.contains("dark"));
  else if (button.classList.contains("yj-side-button")) fold(button);
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const said = Object.fromEntries([...form.querySelectorAll("input[type=text]")].map((box) => [box.name, box.value]));
  const why = form.querySelector("input[type=radio]:checked")?.value;
  trigger(form.dataset.event, { ...form.dataset, ...said, why });
});

// What an event is about: the data of its button, and in a source panel of the place that is shown there.
function act(name, button) {
  const about = { ...button.closest(".yj-opened")?.dataset, ...button.dataset };
  if (about.row !== undefined) delete about.turn;
  if (name === "select") {
    shared.chosen = true;
    const same = (box) => ["turn", "row", "column"].every((key) => box.dataset[key] === about[key]);
    const open = [...document.querySelectorAll(".yj-opened")].find(same);
    if (open && open.dataset.number === about.citation) return arrive(open);
  }
  trigger(name, about);
}

// The source that somebody has chosen is where they are led, on a phone and by key.
function arrive(opened) {
  shared.chosen = false;
  if (shared.byKey) opened.querySelector(".yj-text")?.focus({ preventScroll: true });
  if (window.innerWidth <= 900) opened.scrollIntoView({ behavior: "smooth", block: "start" });
}

function open(button, which) {
  const form = button.parentElement.querySelector(`.${which}`);
  form.hidden = !form.hidden;
  button.setAttribute("aria-expanded", String(!form.hidden));
  if (!form.hidden) form.querySelector("input")?.focus();
}

// The arrow keys step through the citations, from a mark and from the source; Escape leads back to the mark.
element.addEventListener("keydown", (event) => {
  const on = event.target;
  if (on.closest("input, textarea, .yj-paper, .yj-scroll")) return;
  const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (way) shared.byKey = false;
  const beside = element.querySelector(".yj-opened");
  if (way && on.matches(".yj-cite")) {
    const marks = [...element.querySelectorAll("button.yj-cite")];
    const next = marks[marks.indexOf(on) + way];
    if (next) {
      next.focus();
      act("select", next);
    }
    event.preventDefault();
  } else if (way && beside) {
    const step = element.querySelectorAll(".yj-step")[way < 0 ? 0 : 1];
    if (step && !step.disabled) act("select", step);
  } else if (event.key === "Escape" && beside) {
    leave(beside);
    event.stopPropagation();
  }
});

// Back to where the source was chosen.
function leave({ dataset: { turn, row, column, number } }) {
  const where = turn === undefined ? `[data-row="${row}"][data-column="${column}"]` : `[data-turn="${turn}"]`;
  const mark = document.querySelector(`.yj-cite${where}[data-citation="${number}"], .yj-hit${where}[data-hit="${number}"]`);
  mark?.focus();
  mark?.scrollIntoView({ block: "nearest" });
}

// The quote of a mark, while it is pointed at or has the focus.
function tip() {
  let box = document.getElementById("yj-tip");
  if (!box) {
    box = Object.assign(document.createElement("div"), { id: "yj-tip", role: "tooltip", hidden: true });
    (document.querySelector("main") ?? document.body).append(box);
  }
  return box;
}

function hint(event) {
  const mark = event.target.closest?.("[data-quote]");
  const box = tip();
  box.hidden = !mark;
  if (!mark) return;
  const place = Object.assign(document.createElement("b"), { textContent: mark.dataset.place });
  box.replaceChildren(Object.assign(document.createElement("span"), { textContent: mark.dataset.quote }), place);
  mark.setAttribute("aria-describedby", "yj-tip");
  const { left, top, bottom } = mark.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(left - 20, window.innerWidth - box.offsetWidth - 8))}px`;
  const below = bottom + 8;
  box.style.top = `${below + box.offsetHeight < window.innerHeight ? below : Math.max(8, top - box.offsetHeight - 8)}px`;
}
for (const kind of ["mouseover", "focusin"]) element.addEventListener(kind, hint);
for (const kind of ["mouseleave", "focusout"]) element.addEventListener(kind, () => (tip().hidden = true));

function paint(dark) {
  document.body.classList.toggle("dark", dark);
  localStorage.setItem("yiju-theme", dark ? "dark" : "light");
}

function fold(button) {
  const page = document.getElementById("yj-main");
  const elsewhere = page.offsetParent === null;
  if (elsewhere) document.querySelector("#yj-tabs button[role=tab]").click();
  const shown = !elsewhere && page.querySelector("#yj-side").offsetParent !== null;
  page.dataset.side = shown ? "shut" : "open";
  button.setAttribute("aria-expanded", String(!shown));
}

let turns = 0;
function settle() {
  const header = element.querySelector(".yj-header");
  if (header) document.documentElement.lang = header.dataset.lang;
  const thread = element.querySelector(".yj-conversation, .yj-welcome")?.dataset.thread;
  if (thread !== undefined && !element.closest("#yj-threads")) address(thread);
  const log = element.querySelector(".yj-conversation");
  const asked = log ? log.querySelectorAll(".yj-turn") : [];
  if (asked.length && asked.length !== turns) show(asked[asked.length - 1]);
  turns = asked.length;
  const opened = element.querySelector(".yj-opened");
  if (opened && shared.chosen) arrive(opened);
}

// Scrolls the conversation, and on a phone, where it is as long as it is, the page.
function show(turn) {
  const box = element.closest("#yj-log");
  if (box.scrollHeight > box.clientHeight) box.scrollTop += turn.getBoundingClientRect().top - box.getBoundingClientRect().top;
  else if (window.innerWidth <= 900) turn.scrollIntoView({ block: "start" });
}

// The number of the conversation is in the address, so that it is there after the page is loaded again.
function address(thread) {
  const here = new URL(location.href);
  if (thread) here.searchParams.set("c", thread);
  else here.searchParams.delete("c");
  if (here.href !== location.href) history.replaceState(history.state, "", here);
}

// Once for the page.
if (element.querySelector(".yj-header")) {
  const kept = localStorage.getItem("yiju-theme");
  if (kept) document.body.classList.toggle("dark", kept === "dark");
  document.addEventListener("keydown", (event) => {
    tip().hidden = true;
    if (event.key !== "Escape") return;
    document.querySelector("#yj-stop")?.click();
    for (const menu of document.querySelectorAll(".yj-menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(".yj-menu[open]"))
      if (!menu.contains(event.target) || event.target.closest(".yj-take button")) menu.open = false;
  });
}
settle();
watch("value", settle);

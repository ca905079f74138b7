"use strict";
{
  const root = document.documentElement;
  // What the reader chose is remembered; a browser that keeps nothing for files is no error.
  const remembered = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* not kept */ } };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const theme = () => remembered("yiju-report-theme") ?? (dark.matches ? "dark" : "light");
  const spoken = () => remembered("yiju-report-language") ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

  // Before anything is drawn: the page comes up in the right language and colours.
  root.lang = spoken() === "zh" ? "zh-CN" : "en";
  root.dataset.theme = theme();
  document.addEventListener("DOMContentLoaded", begin);

  function begin() {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const data = JSON.parse(one("#data").textContent);

  const language = () => (root.lang.startsWith("zh") ? "zh" : "en");
  function speak(chosen) {
    root.lang = chosen === "zh" ? "zh-CN" : "en";
    for (const button of all("[data-language]")) button.setAttribute("aria-pressed", button.dataset.language === chosen);
    for (const words of all("option[data-en], svg [data-en]")) words.textContent = words.dataset[chosen];
    for (const element of all(".q[open]")) scores(element, true);
    count();
  }
  function paint(colours) {
    root.dataset.theme = colours;
    one("#theme").setAttribute("aria-pressed", colours === "dark");
  }

  // Questions: what filters look at is collected once.
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
  const items = all(".q").map((element, n) => ({
    element, n, lang: element.dataset.lang, type: element.dataset.type,
    outcomes: element.dataset.outcomes.split(" "), text: null,
  }));
  const textOf = (item) => (item.text ??= plain(all(".d", item.element).map((e) => e.textContent).join("\n")));
  const form = one("#filters");
  const field = (name) => one(`#f-${name}`);
  const chosen = () => all("[data-outcome][aria-pressed=true]").map((b) => b.dataset.outcome);

  function matches() {
    const wanted = chosen();
    const [text, lang, type, measure] = ["text", "lang", "type", "measure"].map((name) => field(name).value);
    const sought = plain(text);
    const below = parseFloat(field("below").value);
    const differ = field("differ")?.checked;
    const low = (n) => data.scores[n].some((run) => run && run[measure] !== null && run[measure] < below);
    return (item) =>
      (!wanted.length || item.outcomes.some((o) => wanted.includes(o))) &&
      (!lang || item.lang === lang) &&
      (!type || item.type === type) &&
      (!differ || new Set(item.outcomes).size > 1 || item.outcomes.length < data.letters.length) &&
      (measure === "" || Number.isNaN(below) || low(item.n)) &&
      (!sought || textOf(item).includes(sought));
  }
  let shown = items.length;
  function filter() {
    const match = matches();
    shown = 0;
    for (const item of items) {
      const is = match(item);
      shown += is;
      if (item.element.hidden === is) item.element.hidden = !is;
    }
    count();
  }
  function count() {
    one("#count").textContent = language() === "zh"
      ? `显示 ${shown} / ${items.length} 个问题` : `${shown} of ${items.length} questions shown`;
    one("#none").hidden = shown > 0;
  }
  function clear() {
    form.reset();
    for (const button of all("[data-outcome]")) button.setAttribute("aria-pressed", "false");
    filter();
  }

  // A question's scores are written when it is opened.
  const places = { share: 3, ms: 1 };
  function scores(element, again = false) {
    const n = items.findIndex((item) => item.element === element);
    for (const box of all(".scores", element)) {
      if (box.childElementCount && !again) continue;
      const values = data.scores[n][box.dataset.run] ?? [];
      box.replaceChildren(...data.measures.flatMap((measure, m) => {
        if (values[m] === null || values[m] === undefined) return [];
        const row = document.createElement("span");
        const value = document.createElement("strong");
        value.textContent = values[m].toFixed(places[measure.unit] ?? 0);
        row.append(measure[language()], value);
        return [row];
      }));
    }
  }

  // #q-ID opens a question, past any filter.
  function visit() {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* as it stands */ }
    const target = document.getElementById(id);
    if (!target?.classList.contains("q")) return;
    if (target.hidden) clear();
    target.open = true;
    target.scrollIntoView();
    one("summary", target).focus({ preventScroll: true });
  }

  // A measure's definition, on hover and on focus; Escape closes it.
  const tooltip = one("#tooltip");
  function explain(link) {
    const measure = link.dataset.measure;
    const source = measure && document.getElementById(`d-${measure}`);
    if (measure && (!source || source.contains(link))) return;
    tooltip.textContent = source
      ? one(`dd .${language()}`, source)?.textContent ?? one("dd", source).textContent : link.dataset[language()];
    tooltip.hidden = false;
    link.setAttribute("aria-describedby", "tooltip");
    const box = link.getBoundingClientRect();
    const left = Math.min(box.left, root.clientWidth - tooltip.offsetWidth - 12);
    tooltip.style.left = `${Math.max(12, left) + scrollX}px`;
    tooltip.style.top = `${box.bottom + 6 + scrollY}px`;
  }
  function hush(event) {
    tooltip.hidden = true;
    event?.target?.removeAttribute?.("aria-describedby");
  }
  for (const link of all(".measure, .tip")) {
    link.addEventListener("mouseenter", () => explain(link));
    link.addEventListener("focus", () => explain(link));
    link.addEventListener("mouseleave", hush);
    link.addEventListener("blur", hush);
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hush(); });

  const scope = one("#scope-measure");
  function choose() {
    for (const box of all(".by-measure")) box.hidden = box.dataset.measure !== scope.value;
  }
  if (scope) {
    scope.value = one(".by-measure:not([hidden])")?.dataset.measure ?? scope.value;
    scope.addEventListener("change", choose);
    choose();
  }

  for (const button of all("[data-language]")) {
    button.addEventListener("click", () => { remember("yiju-report-language", button.dataset.language); speak(button.dataset.language); });
  }
  one("#theme").addEventListener("click", () => {
    const other = root.dataset.theme === "dark" ? "light" : "dark";
    remember("yiju-report-theme", other);
    paint(other);
  });
  for (const button of all("[data-outcome]")) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
      filter();
    });
  }
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => {
    for (const button of all("[data-outcome]")) button.setAttribute("aria-pressed", "false");
    filter();
  }));
  one("#f-open").addEventListener("click", () => { for (const item of items) if (!item.element.hidden) item.element.open = true; });
  one("#f-close").addEventListener("click", () => { for (const item of items) item.element.open = false; });
  for (const item of items) {
    item.element.addEventListener("toggle", () => { if (item.element.open) scores(item.element); });
    one("summary", item.element).addEventListener("click", () => history.replaceState(null, "", `#${encodeURIComponent(item.element.id)}`));
  }
  addEventListener("hashchange", visit);

  paint(theme());
  dark.addEventListener("change", () => paint(theme()));
  speak(spoken());
  filter();
  visit();
  setTimeout(() => items.forEach(textOf));
  }
}

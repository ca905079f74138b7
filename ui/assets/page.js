// One listener per panel, on the panel itself, so that it outlives every redrawing of what is inside.
// It tells the server which thing was chosen; nothing of a document's text is ever evaluated here.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !element.contains(button) || button.disabled) return;
  const { language, question, turn, citation, hit } = button.dataset;
  if (language) trigger("input", { language });
  else if (question) trigger("submit", { question });
  else if (turn) trigger("select", { turn, citation, hit });
});

// The arrow keys step through the citations while the source has the focus.
element.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  const steps = element.querySelectorAll(".yj-step");
  const step = steps[event.key === "ArrowLeft" ? 0 : 1];
  if (step && !step.disabled) step.click();
});

function settle() {
  const quote = element.querySelector(".yj-quote");
  if (quote) {
    const text = quote.closest(".yj-text");
    text.scrollTop = quote.offsetTop - text.offsetTop - text.clientHeight / 3;
    if (window.innerWidth < 900) element.scrollIntoView({ behavior: "smooth", block: "start" });
    return;
  }
  const turns = element.querySelectorAll(".yj-turn");
  if (turns.length) {
    const last = turns[turns.length - 1];
    const log = element.querySelector(".yj-conversation");
    if (log) log.scrollTop = last.offsetTop - log.offsetTop;
    document.documentElement.lang = document.documentElement.lang || "en";
  }
}

watch("value", settle);

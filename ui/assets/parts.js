// One listener per part, on the part itself, so that it outlives every redrawing of what is inside. A button or a
// form says in data-act what it asks for; the server is told that and what else the element carries as data.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !element.contains(button) || button.disabled) return;
  if (button.dataset.close) {
    const folded = button.closest("details");
    folded.open = false;
    folded.querySelector("summary").focus();
  } else if (button.dataset.act) {
    if (button.dataset.act === "show") mark(button);
    trigger("select", { ...button.dataset });
  }
});

// What was opened in the source panel stays marked, here and for whoever comes back from the panel.
function mark(button) {
  for (const other of document.querySelectorAll('[data-act="show"][aria-current]')) other.removeAttribute("aria-current");
  button.setAttribute("aria-current", "true");
}

element.addEventListener("submit", (event) => {
  event.preventDefault();
  trigger("submit", Object.fromEntries(new FormData(event.target)));
});

// What was said last is seen, and what was opened begins at its top.
watch("value", () => {
  const said = element.querySelector(".yj-wrong, .yj-done");
  if (said) said.scrollIntoView({ block: "center" });
});

// The drop zone: files are sent to the API one after the other, each with its own progress and outcome. What the
// server says and what files are called is put in as text, never as HTML.
(() => {
  const files = [];
  let busy = false;

  const zone = () => element.querySelector(".yj-drop");
  const word = (name) => zone()?.dataset[name] ?? "";

  element.addEventListener("change", (event) => {
    if (event.target.type !== "file") return;
    take(event.target.files);
    event.target.value = "";
  });
  // A query is asked when whoever writes it pauses.
  let pause;
  element.addEventListener("input", (event) => {
    if (event.target.type !== "search") return;
    clearTimeout(pause);
    pause = setTimeout(() => trigger("input", { query: event.target.value }), 200);
  });

  for (const name of ["dragenter", "dragover"])
    element.addEventListener(name, (event) => {
      event.preventDefault();
      zone()?.classList.add("yj-over");
    });
  for (const name of ["dragleave", "drop"]) element.addEventListener(name, () => zone()?.classList.remove("yj-over"));
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });

  function take(chosen) {
    for (const file of chosen) files.push({ file, state: "waiting", share: 0, said: "" });
    draw();
    if (!busy) work();
  }

  async function work() {
    busy = true;
    for (let next; (next = files.find((one) => one.state === "waiting")); ) {
      await send(next);
      draw();
    }
    busy = false;
    trigger("submit", { act: "added" });
  }

  function send(one) {
    return new Promise((settle) => {
      const request = new XMLHttpRequest();
      const form = new FormData();
      form.append("file", one.file);
      form.append("name", one.file.name);
      one.state = "sending";
      request.upload.onprogress = (event) => {
        one.share = event.lengthComputable ? event.loaded / event.total : 0;
        if (one.share >= 1) one.state = "reading";
        draw();
      };
      request.onload = () => {
        judge(one, request);
        settle();
      };
      request.onerror = () => {
        Object.assign(one, { state: "failed", said: word("offline") });
        settle();
      };
      request.open("POST", "/documents");
      request.setRequestHeader("Accept-Language", zone()?.lang || "en");
      request.send(form);
    });
  }

  function judge(one, request) {
    let reply = {};
    try {
      reply = JSON.parse(request.responseText);
    } catch {
      // Something between us and the server answered; its status says enough.
    }
    if (request.status >= 400) {
      Object.assign(one, { state: "failed", said: reply.detail || `HTTP ${request.status}` });
      return;
    }
    const notes = (reply.notes || []).map((note) => (zone()?.lang === "zh" ? note.zh : note.en));
    if (reply.duplicate_of) notes.unshift(word("twin"));
    Object.assign(one, { state: reply.outcome, said: notes.join(" ") });
  }

  function draw() {
    const list = element.querySelector(".yj-sent");
    if (!list) return;
    list.replaceChildren(
      ...files.map((one) => {
        const row = document.createElement("li");
        row.className = `yj-${one.state}`;
        const name = Object.assign(document.createElement("b"), { textContent: one.file.name });
        const said = Object.assign(document.createElement("span"), {
          textContent: word(one.state) + (one.said ? `: ${one.said}` : ""),
        });
        row.append(name, said);
        if (one.state === "sending" || one.state === "reading") {
          const bar = Object.assign(document.createElement("progress"), { max: 1, ariaLabel: one.file.name });
          if (one.state === "sending") bar.value = one.share;
          row.append(bar);
        }
        return row;
      }),
    );
  }

  watch("value", draw);
})();

// The source panel: text or page, pages turned and enlarged, and the quote copied. The picture of a page and the
// places of the cited words are asked of our own API when the page is looked at, and not before.
(() => {
  const ZOOMS = [1, 1.5, 2, 3];
  const SHARP = [1000, 1500, 2000, 2000];
  let wanted = "text";

  element.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !element.contains(button)) return;
    const { view, leaf, zoom, up, copy, copied } = button.dataset;
    if (view) show((wanted = view));
    else if (leaf) turnTo(sheet(), Number(sheet().dataset.page) + Number(leaf));
    else if (zoom) enlarge(sheet(), Number(zoom));
    else if (up) document.querySelector('[data-act="show"][aria-current]')?.scrollIntoView({ block: "center" });
    else if (copy) navigator.clipboard?.writeText(copy).then(() => (button.textContent = copied));
  });

  const sheet = () => element.querySelector(".yj-sheet");

  // Whoever looks at pages sees the page of the next citation, too.
  function show(view) {
    const paper = sheet();
    if (!paper) return;
    const asPage = view === "page";
    paper.hidden = !asPage;
    element.querySelector(".yj-text").hidden = asPage;
    for (const button of element.querySelectorAll("[data-view]"))
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
    if (asPage) begin(paper);
    else settle();
  }

  async function begin(paper) {
    if (paper.boxed) return;
    paper.boxed = new Map();
    paper.zoom = 0;
    const { document: id, start, end, page } = paper.dataset;
    try {
      const reply = await fetch(`/documents/${id}/boxes?start=${start}&end=${end}`);
      if (reply.ok) for (const found of (await reply.json()).pages) paper.boxed.set(found.page, found);
    } catch {
      // Without the places of the words the page itself can still be looked at.
    }
    const first = paper.boxed.size ? Math.min(...paper.boxed.keys()) : Number(page);
    turnTo(paper, first);
  }

  function turnTo(paper, page) {
    const pages = Number(paper.dataset.pages);
    if (!(page >= 1 && page <= pages)) return;
    paper.dataset.page = page;
    paper.querySelector('[data-leaf="-1"]').disabled = page === 1;
    paper.querySelector('[data-leaf="1"]').disabled = page === pages;
    draw(paper);
  }

  function enlarge(paper, by) {
    paper.zoom = Math.max(0, Math.min(ZOOMS.length - 1, paper.zoom + by));
    draw(paper);
  }

  function draw(paper) {
    const { document: id, page, pages, counted, spoken, blocks, failed } = paper.dataset;
    const leaf = paper.querySelector(".yj-leaf");
    const said = paper.querySelector("[role=status]");
    const found = paper.boxed.get(Number(page));
    const picture = document.createElement("img");
    picture.alt = spoken;
    picture.src = `/documents/${id}/pages/${page}.png?width=${SHARP[paper.zoom]}`;
    picture.onerror = () => {
      said.textContent = failed;
      leaf.replaceChildren();
    };
    picture.onload = () => centre(paper);
    leaf.style.width = `${ZOOMS[paper.zoom] * 100}%`;
    if (found) leaf.style.aspectRatio = `${found.width} / ${found.height}`;
    leaf.replaceChildren(picture, ...(found ? found.boxes.map((box) => boxAt(box, found)) : []));
    const count = counted.split("{}");
    said.textContent = count[0] + page + count[1] + pages + count[2] + (found && !found.exact ? ` · ${blocks}` : "");
    paper.querySelector('[data-zoom="-1"]').disabled = paper.zoom === 0;
    paper.querySelector('[data-zoom="1"]').disabled = paper.zoom === ZOOMS.length - 1;
    centre(paper);
  }

  function boxAt([left, top, right, bottom], { width, height }) {
    const box = document.createElement("span");
    box.className = "yj-box";
    box.ariaHidden = "true";
    const share = (value, of) => `${(100 * value) / of}%`;
    Object.assign(box.style, {
      left: share(left, width),
      top: share(top, height),
      width: share(right - left, width),
      height: share(bottom - top, height),
    });
    return box;
  }

  function centre(paper) {
    const around = paper.querySelector(".yj-paper");
    const box = paper.querySelector(".yj-box");
    if (!box) return;
    around.scrollTop = box.offsetTop - around.clientHeight / 3;
    around.scrollLeft = box.offsetLeft + box.offsetWidth / 2 - around.clientWidth / 2;
  }

  // Scrolls within the panel only: the page around it stays where it is.
  function settle() {
    const quote = element.querySelector(".yj-cited") || element.querySelector(".yj-quote");
    if (!quote) return;
    const text = quote.closest(".yj-text");
    const down = quote.getBoundingClientRect().top - text.getBoundingClientRect().top;
    text.scrollTop += down - text.clientHeight / 3;
  }

  // In a narrow window the panel stands below what was chosen from.
  function come() {
    const chosen = element.querySelector("[data-up]");
    if (chosen && window.innerWidth < 900) element.scrollIntoView({ block: "start" });
  }

  watch("value", () => {
    come();
    if (wanted === "page" && sheet()) show("page");
    else settle();
  });
})();

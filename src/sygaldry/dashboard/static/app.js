// Live parts of the pages: every page is complete without this script.
"use strict";

const announce = (text) => { document.getElementById("announce").textContent = text; };

// Counts the seconds of runs that have not ended.
const duration = (seconds) => {
  const whole = Math.max(Math.floor(seconds), 0);
  const units = [[86400, "d", 3600, "h"], [3600, "h", 60, "m"], [60, "m", 1, "s"]];
  for (const [size, unit, part, small] of units) {
    if (whole >= size) return Math.floor(whole / size) + unit + Math.floor(whole % size / part) + small;
  }
  return whole + "s";
};
const begun = new WeakMap();
setInterval(() => {
  for (const each of document.querySelectorAll("[data-elapsed]")) {
    if (!begun.has(each)) begun.set(each, Date.now() / 1000 - Number(each.dataset.elapsed));
    each.textContent = duration(Date.now() / 1000 - begun.get(each));
  }
}, 1000);

const listen = (address, handlers) => {
  const source = new EventSource(address);
  for (const [name, act] of Object.entries(handlers)) {
    source.addEventListener(name, (event) => act(JSON.parse(event.data), source));
  }
  source.addEventListener("end", () => source.close());
  addEventListener("pagehide", () => source.close());
};

// Replaces rows; a link that had the focus keeps it.
const keepingFocus = (replace) => {
  const link = document.activeElement && document.activeElement.closest("tbody a");
  const address = link && link.getAttribute("href");
  replace();
  if (address) {
    const again = [...document.querySelectorAll("tbody a")].find((each) => each.getAttribute("href") === address);
    if (again) again.focus({ preventScroll: true });
  }
};

const rows = document.getElementById("rows");
if (rows && rows.dataset.live !== undefined) {
  listen(rows.dataset.live, {
    rows: (html) => keepingFocus(() => { rows.innerHTML = html; }),
    tally: (html) => { document.getElementById("tally").innerHTML = html; },
    row: (changed) => {
      const old = document.getElementById(changed.id);
      if (!old) return;
      const before = old.querySelector(".state").textContent;
      keepingFocus(() => { old.outerHTML = changed.html; });
      const row = document.getElementById(changed.id);
      const state = row.querySelector(".state").textContent;
      if (state !== before) announce(row.querySelector("th").textContent + " is " + state);
    },
  });
}

const state = document.getElementById("state");
if (state && state.dataset.state) {
  listen(state.dataset.state, {
    state: (html) => {
      state.innerHTML = html;
      const word = state.querySelector(".state");
      if (word && word.matches(".good, .bad, .neutral")) {
        announce("The run has ended: " + word.textContent);
        setTimeout(() => location.reload(), 500);
      }
    },
  });
}

const log = document.getElementById("log");
const MOST_LINES = 5000;
if (log) {
  if (!location.hash && log.dataset.follow) log.scrollTop = log.scrollHeight;
  if (log.dataset.follow) {
    listen(log.dataset.follow, {
      lines: (html) => {
        const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 20;
        log.insertAdjacentHTML("beforeend", html);
        while (log.childNodes.length > 3 * MOST_LINES) log.firstChild.remove();
        if (atEnd) log.scrollTop = log.scrollHeight;
      },
    });
  }
}

// Keys: / finds, j and k move between rows and lines of a list, n and p turn the page.
addEventListener("keydown", (event) => {
  if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    const field = document.querySelector("input[type=search]");
    if (field) { field.focus(); event.preventDefault(); }
  } else if (event.key === "n" || event.key === "p") {
    const link = document.querySelector(event.key === "n" ? "a[rel=next]" : "a[rel=prev]");
    if (link) link.click();
  } else if (event.key === "j" || event.key === "k") {
    const links = [...document.querySelectorAll("tbody a")];
    const next = links.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
    if (links[next]) { links[next].focus(); event.preventDefault(); }
  }
});

// The graph of an environment: hover shows what a package needs and who needs it; find, zoom, live states.
const graph = document.getElementById("graph");
if (graph) {
  const picture = graph.querySelector("svg");
  const whole = Number(picture.getAttribute("width"));
  let scale = 1;
  const zoom = (factor) => {
    scale = factor ? Math.min(Math.max(scale * factor, 0.1), 8) : graph.clientWidth / whole;
    picture.setAttribute("width", Math.round(whole * scale));
  };
  document.getElementById("tools").hidden = false;
  document.getElementById("zoom-in").addEventListener("click", () => zoom(1.4));
  document.getElementById("zoom-out").addEventListener("click", () => zoom(1 / 1.4));
  document.getElementById("zoom-all").addEventListener("click", () => zoom(0));
  graph.addEventListener("keydown", (event) => {
    if (event.key === "+") zoom(1.4);
    if (event.key === "-") zoom(1 / 1.4);
    if (event.key === "0") zoom(0);
  });
  const light = (box) => {
    for (const each of picture.querySelectorAll(".lit")) each.classList.remove("lit");
    if (!box) return;
    const key = box.id.slice(2);
    box.classList.add("lit");
    for (const edge of picture.querySelectorAll(".f-" + key + ", .t-" + key)) {
      edge.classList.add("lit");
      for (const name of edge.classList) {
        if (name.startsWith("f-") || name.startsWith("t-")) document.getElementById("p-" + name.slice(2)).classList.add("lit");
      }
    }
  };
  picture.addEventListener("mouseover", (event) => light(event.target.closest(".box")));
  const find = document.getElementById("find-package");
  find.addEventListener("input", () => {
    const text = find.value.toLowerCase();
    picture.classList.toggle("searching", Boolean(text));
    let first = null;
    let count = 0;
    for (const box of picture.querySelectorAll(".box")) {
      const matches = text && box.querySelector("title").textContent.toLowerCase().includes(text);
      box.classList.toggle("found", Boolean(matches));
      box.classList.toggle("dimmed", Boolean(text) && !matches);
      if (matches) { count += 1; first = first || box; }
    }
    for (const row of document.querySelectorAll("#package-rows tr")) {
      row.hidden = Boolean(text) && !row.textContent.toLowerCase().includes(text);
    }
    if (first) { first.scrollIntoView({ block: "center", inline: "center" }); light(first); }
    announce(text ? count + (count === 1 ? " package" : " packages") + " found" : "");
  });
  if (graph.dataset.live) {
    listen(graph.dataset.live, {
      packages: ({ changed, counts }) => {
        for (const [key, [state, text]] of Object.entries(changed)) {
          const box = document.getElementById("p-" + key);
          const row = document.getElementById("r-" + key);
          box.setAttribute("class", "box " + state + (box.classList.contains("critical") ? " critical" : ""));
          box.querySelector("title").textContent = row.cells[0].textContent + ": " + state + " " + text;
          row.cells[1].textContent = state;
          row.cells[2].textContent = text;
        }
        document.getElementById("counts").textContent =
          Object.entries(counts).map(([state, count]) => count + " " + state).join(", ");
      },
    });
  }
}

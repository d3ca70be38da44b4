// What is nicer with script; everything works without it: dropping files anywhere, seeing them go, pages that refresh themselves.
"use strict";

document.documentElement.classList.add("js");

function send(form) {
  const bar = form.querySelector(".sending"), button = form.querySelector("button[type=submit]");
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
  request.onload = () => {
    if (request.status < 400) { location.assign(request.responseURL); return; }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
    document.querySelector("main").focus();
  };
  request.onerror = () => { button.disabled = false; bar.hidden = true; form.querySelector(".big").textContent = "That did not arrive: the program has stopped, or the file is too large."; };
  bar.hidden = false;
  button.disabled = true;
  request.send(new FormData(form));
}

function dropping() {
  const form = document.querySelector("form[data-drop]");
  if (!form) return;
  const input = form.querySelector("input[type=file]"), has = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  let depth = 0;
  document.addEventListener("dragenter", (event) => { if (has(event)) { depth += 1; document.body.classList.add("dropping"); } });
  document.addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); if (!depth) document.body.classList.remove("dropping"); });
  document.addEventListener("dragover", (event) => { if (has(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!has(event)) return;
    event.preventDefault();
    depth = 0;
    document.body.classList.remove("dropping");
    input.files = event.dataTransfer.files;
    if (input.files.length) send(form);
  });
  input.addEventListener("change", () => { if (input.files.length) send(form); });
  form.addEventListener("submit", (event) => { event.preventDefault(); send(form); });
}

// A link to somebody who is folded away opens them.
function unfolding() {
  const one = location.hash && document.getElementById(location.hash.slice(1)), folded = one && one.closest("details");
  if (!folded || folded.open) return;
  folded.open = true;
  one.scrollIntoView();
}

// A page that waits for something asks again and shows what is new, without losing one's place.
async function watching() {
  const seconds = Number(document.body.dataset.refresh || 0);
  if (!seconds) return;
  await new Promise((done) => setTimeout(done, seconds * 600));
  let text;
  // The program may end before its answer, or in the middle of it.
  try { text = await (await fetch(location.href, { headers: { Accept: "text/html" } })).text(); } catch { setTimeout(watching, 3000); return; }
  const page = new DOMParser().parseFromString(text, "text/html");
  const mine = document.querySelector("#progress"), theirs = page.querySelector("#progress");
  if (!page.body.dataset.refresh) { location.reload(); return; }
  if (mine && theirs && mine.innerHTML !== theirs.innerHTML) mine.replaceChildren(...document.adoptNode(theirs).childNodes);
  watching();
}

// Counting again as soon as something is chosen in a brief. While the numbers are still being worked out the page asks again.
function counting() {
  const form = document.querySelector("form.brief");
  if (!form) return;
  let latest = 0;
  form.addEventListener("change", async () => {
    const asked = (latest += 1), query = new URLSearchParams(new FormData(form));
    let answer;
    do {
      if (answer) await new Promise((done) => setTimeout(done, 600));
      try { answer = await fetch("/brief?" + query); } catch { return; }
      if (asked !== latest || !answer.ok) return;
    } while (answer.status === 202);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (asked !== latest) return;
    for (const part of [".tally", ".choices .mu", ".meanings .mu"]) {
      const mine = form.querySelectorAll(part), theirs = page.querySelectorAll("form.brief " + part);
      if (mine.length === theirs.length) mine.forEach((one, at) => one.replaceChildren(...theirs[at].childNodes));
    }
    history.replaceState(null, "", "/brief?" + query);
  });
}

// A slider beside the budget of a plan; whatever is changed plans again, and the page stays where it is.
function planning() {
  const form = document.querySelector("form.plan"), amount = form && form.querySelector("#amount");
  if (!amount || !Number(amount.value)) return;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Number(amount.value))) - 1);
  const slider = Object.assign(document.createElement("input"), { type: "range", min: step, max: 3 * Number(amount.value), step, value: amount.value });
  slider.setAttribute("aria-label", "Budget");
  amount.after(slider);
  slider.addEventListener("input", () => { amount.value = slider.value; });
  let latest = 0;
  document.addEventListener("change", async (event) => {
    const mine = document.querySelector("form.plan");
    if (!mine || !mine.contains(event.target) || !Number(mine.querySelector("#amount").value)) return;
    const asked = (latest += 1), query = new URLSearchParams(new FormData(mine));
    let answer;
    do {
      if (answer) await new Promise((done) => setTimeout(done, 600));
      try { answer = await fetch("/plan?" + query); } catch { return; }
      if (asked !== latest) return;
      if (!answer.ok) { location.assign("/plan?" + query); return; }
    } while (answer.status === 202);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (asked !== latest) return;
    for (const part of ["header.head", ".top-actions", "main > .note", "form.plan section", "main > section", "main > details"]) {
      const ours = [...document.querySelectorAll(part)], theirs = [...page.querySelectorAll(part)];
      ours.forEach((one, at) => { if (theirs[at]) one.replaceWith(document.adoptNode(theirs[at])); });
    }
    history.replaceState(null, "", "/plan?" + query);
  });
}

dropping();
watching();
counting();
planning();
unfolding();
addEventListener("hashchange", unfolding);

// What the page does better with scripts. It works without any of this: forms are
// then sent as forms, and hiding is a link to a blank page. Nothing typed is stored;
// only whether the page is hidden is kept, for this tab, so that a reload stays blank.
"use strict";

const HIDDEN = "hidden-page";
const TWICE_MS = 800; // Longest time between the two presses of Esc. Ours.
const NOT_SAVED =
  "That was not saved, and nothing has changed. If anyone is in danger, ring 999 now. Then try the same again.";
const root = document.documentElement;
let title = "";
// No press yet. Zero would be the moment the page was opened, and so soon enough
// before a first press for that one to count as the second.
let lastEscape = -Infinity;
let focusBefore = null;
let busy = false;

// This file is read before the page is drawn, so a hidden page never flashes up.
if (sessionStorage.getItem(HIDDEN)) root.classList.add(HIDDEN);

const byId = (id) => document.getElementById(id);

// ---- hiding -----------------------------------------------------------------

function hide() {
  if (!document.body.dataset.away) {
    title = document.title;
    focusBefore = document.activeElement;
  }
  document.body.dataset.away = "yes";
  sessionStorage.setItem(HIDDEN, "yes");
  root.classList.add(HIDDEN);
  byId("blank").hidden = false;
  byId("sure").hidden = true;
  byId("unhide").hidden = false;
  document.title = "Blank page";
  byId("unhide").focus();
}

function ask() {
  byId("unhide").hidden = true;
  byId("sure").hidden = false;
  byId("unhide-yes").focus();
}

function show() {
  sessionStorage.removeItem(HIDDEN);
  root.classList.remove(HIDDEN);
  delete document.body.dataset.away;
  byId("blank").hidden = true;
  document.title = title;
  if (focusBefore && document.contains(focusBefore)) focusBefore.focus();
}

function onKey(event) {
  if (event.key !== "Escape") return;
  const now = event.timeStamp;
  const twice = now - lastEscape < TWICE_MS;
  lastEscape = twice ? -Infinity : now;
  if (!twice) return;
  if (root.classList.contains(HIDDEN)) ask();
  else hide();
}

// ---- sending without a jump -----------------------------------------------------

function typed() {
  const form = byId("answer");
  return form ? [...new FormData(form)].filter(([name]) => /^(answers?$|lines?\.)/.test(name)) : [];
}

function put(values) {
  const form = byId("answer");
  if (!form) return;
  for (const [name, value] of values) {
    for (const field of form.elements) {
      if (field.name !== name) continue;
      if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
      else field.value = value;
    }
  }
}

function where() {
  const two = document.querySelector(".two");
  return two ? two.dataset.question : "";
}

function fail(text) {
  let box = byId("failed");
  if (!box) {
    box = document.createElement("div");
    box.id = "failed";
    box.className = "mistakes";
    box.setAttribute("role", "alert");
    byId("answer").before(box);
  }
  box.textContent = text;
  box.tabIndex = -1;
  box.focus();
}

function focusNew() {
  const now = byId("now");
  if (!now) return;
  now.focus({ preventScroll: true });
  const card = now.closest(".card, .mistakes") || now;
  const top = card.getBoundingClientRect().top;
  // Nothing moves on the screen while what is new can be seen well where it is.
  if (top < 0 || top > window.innerHeight * 0.4) card.scrollIntoView({ block: "start" });
}

async function send(event) {
  const form = event.target;
  if (!form.matches("[data-swap]")) return;
  event.preventDefault();
  if (busy) return;
  busy = true;
  const kept = form.id === "answer" ? [] : typed();
  const before = where();
  byId("main").setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form, event.submitter)),
    });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    const main = fresh.querySelector("#main");
    if (!fresh.querySelector(".two")) {
      const trouble = fresh.querySelector("[data-trouble]");
      fail(trouble ? trouble.textContent : NOT_SAVED);
      return;
    }
    const open = openFolds();
    byId("main").replaceChildren(...document.adoptNode(main).childNodes);
    const buttons = fresh.querySelector(".strip .buttons");
    if (buttons) document.querySelector(".strip .buttons").replaceWith(document.adoptNode(buttons));
    document.title = fresh.title;
    reopen(open);
    if (kept.length && where() === before) put(kept);
    byId("announce").textContent = document.querySelector(".two").dataset.announce;
    showNewest();
    focusNew();
  } catch {
    fail(NOT_SAVED);
  } finally {
    busy = false;
    byId("main").removeAttribute("aria-busy");
  }
}

// What somebody has folded away stays so: the invented example and the flow.
const FOLDS = [".case", ".flow"];
const openFolds = () => FOLDS.map((fold) => document.querySelector(fold)?.open);
function reopen(open) {
  FOLDS.forEach((fold, index) => {
    const found = document.querySelector(fold);
    if (found && open[index] !== undefined) found.open = open[index];
  });
}

function showNewest() {
  const record = document.querySelector(".record");
  if (record) record.scrollTop = record.scrollHeight;
}

// Where somebody is stands in the middle of the drawing, so that is shown first.
function centre(event) {
  const pan = event.target.matches(".flow") && event.target.querySelector(".pan");
  if (pan) pan.scrollLeft = (pan.scrollWidth - pan.clientWidth) / 2;
}

// A link in the error summary goes to a field, and the field takes the focus.
function toField(event) {
  const link = event.target.closest(".mistakes a[href^='#']");
  const field = link && byId(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.focus();
}

document.addEventListener("DOMContentLoaded", () => {
  if (!byId("page")) return;
  title = document.title;
  if (root.classList.contains(HIDDEN)) hide();
  byId("hide").addEventListener("click", (event) => {
    event.preventDefault();
    hide();
  });
  for (const keys of document.querySelectorAll(".keys")) keys.hidden = false;
  byId("unhide").addEventListener("click", ask);
  byId("unhide-yes").addEventListener("click", show);
  byId("unhide-no").addEventListener("click", hide);
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", send);
  document.addEventListener("click", toField);
  document.addEventListener("toggle", centre, true);
  showNewest();
  // A page that was opened anew, not sent by this script, says what is new as well.
  if (location.hash === "#now" && !root.classList.contains(HIDDEN)) focusNew();
});

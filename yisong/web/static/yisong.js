// What the pages do beyond HTML: keys, and no form sent twice. Everything works without it.
"use strict";

function rows() {
  return Array.from(document.querySelectorAll("[data-rows] [data-row]"));
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  const to = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
  to.focus();
  to.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "Escape") {
    const slot = event.target.closest(".slot");
    if (slot) closeSlot(slot);
    else if (typing) typing.blur();
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  } else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
});

function closeSlot(slot) {
  slot.textContent = "";
  document.querySelectorAll(".buttons [aria-expanded]").forEach((button) => {
    if (button.getAttribute("hx-target") === "#" + slot.id) {
      if (button.getAttribute("aria-expanded") === "true") button.focus();
      button.removeAttribute("aria-expanded");
    }
  });
}

document.addEventListener("click", (event) => {
  const close = event.target.closest(".slot [data-close]");
  if (close) {
    event.preventDefault();
    closeSlot(close.closest(".slot"));
  }
  document.querySelectorAll("details.me[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

// A plain form is sent once; htmx sees to its own.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-once") || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) event.preventDefault();
  else form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.submit();
});

document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  if (target.classList.contains("slot")) {
    document.querySelectorAll(".slot").forEach((slot) => {
      if (slot !== target && slot.childElementCount) closeSlot(slot);
    });
    const from = event.detail.requestConfig.elt;
    target.parentElement.querySelectorAll("[aria-expanded]").forEach((button) => button.removeAttribute("aria-expanded"));
    from.setAttribute("aria-expanded", "true");
  }
  if (!target.matches(".slot, .act")) return;
  const place =
    document.querySelector(".act [data-focus]") ||
    document.querySelector(".act [aria-invalid], .act .wrong input") ||
    document.querySelector(".act textarea, .act input:not([type=hidden]), .act select, .act button");
  if (!place) return;
  place.focus({ preventScroll: true });
  place.closest(".act").scrollIntoView({ block: "nearest", behavior: "smooth" });
});

document.querySelectorAll(".tabs [aria-current]").forEach((tab) => {
  const line = tab.parentElement;
  line.scrollLeft = tab.offsetLeft - (line.clientWidth - tab.offsetWidth) / 2;
});

document.addEventListener("htmx:responseError", () => alert("请求没有成功，本次操作没有生效。请刷新页面后重试。"));
document.addEventListener("htmx:sendError", () => alert("网络不通，本次操作没有送出。请检查网络后重试。"));

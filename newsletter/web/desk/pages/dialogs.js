// Dialogs that send a form by themselves: closed by their own button, and sent once.

document.addEventListener("click", (event) => {
  event.target.closest("[data-closes]")?.closest("dialog").close();
});

document.addEventListener("submit", (event) => {
  const { submitter } = event;
  if (event.defaultPrevented || event.target.method === "dialog") return;
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
  submitter?.setAttribute("aria-disabled", "true");
});

// A page that comes back from the browser's memory can be sent anew.
addEventListener("pageshow", () => {
  for (const one of document.querySelectorAll("[data-sent]")) delete one.dataset.sent;
  for (const one of document.querySelectorAll("button[aria-disabled]")) one.removeAttribute("aria-disabled");
});

// Fetches a part of the page anew while something is awaited in it. Evaluates nothing; without it, one reloads.
"use strict";

for (const part of document.querySelectorAll("[data-refresh]")) {
  const pause = Number(part.dataset.seconds) * 1000;

  const isAwaited = () => part.querySelector('[data-awaited="yes"]') !== null;

  const look = async () => {
    if (!document.hidden && !part.contains(document.activeElement)) {
      try {
        const answer = await fetch(part.dataset.refresh, { headers: { Accept: "text/html" } });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        part.replaceChildren(...fresh.body.childNodes);
      } catch {
        part.querySelector("[data-stale]").hidden = false;
      }
    }
    if (isAwaited()) setTimeout(look, pause);
  };

  if (isAwaited()) setTimeout(look, pause);
}

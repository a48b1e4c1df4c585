/* Follows a run that is going on: asks every two seconds how far it is, and shows its whole page when it has ended. */
"use strict";
const box = document.getElementById("progress");
const bar = document.getElementById("progress-bar");
const text = document.getElementById("progress-text");

async function follow() {
  try {
    const answer = await fetch(box.dataset.url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const progress = await answer.json();
    if (!progress.is_running) {
      window.location.reload();
      return;
    }
    text.textContent = progress.text;
    for (const [name, count] of Object.entries(progress.counts)) {
      document.querySelector(`[data-count="${name}"]`).textContent = count;
    }
    if (progress.share === null) bar.removeAttribute("value");
    else bar.value = progress.share;
  } catch {
    /* The server is away for a moment: ask again. */
  }
  window.setTimeout(follow, 2000);
}

if (box) window.setTimeout(follow, 2000);

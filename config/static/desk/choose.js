// One box that ticks all the boxes of its table. Without it, each is ticked by hand.
"use strict";

for (const all of document.querySelectorAll("[data-choose-all]")) {
  const boxes = [...all.closest("table").querySelectorAll("tbody input[type=checkbox]")];

  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  for (const box of boxes) box.addEventListener("change", tell);
  all.hidden = false;
  tell();
}

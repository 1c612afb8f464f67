// A tablet goes back to its start when nobody touches it, and when a page comes back from the browser's memory.

"use strict";

{
  const screen = document.querySelector("[data-idle]");
  const start = screen.dataset.start;
  const idle = Number(screen.dataset.idle);
  const warns = 10;
  const notice = document.getElementById("idle");
  let warning = 0;
  let leaving = 0;

  const leave = () => {
    document.querySelector("form")?.reset();
    location.replace(start);
  };
  const touched = () => {
    clearTimeout(warning);
    clearTimeout(leaving);
    notice.hidden = true;
    warning = setTimeout(() => {
      notice.hidden = false;
    }, Math.max(idle - warns, idle / 2) * 1000);
    leaving = setTimeout(leave, idle * 1000);
  };

  for (const act of ["pointerdown", "keydown", "input", "scroll"]) {
    addEventListener(act, touched, { passive: true });
  }
  addEventListener("pageshow", (event) => {
    if (event.persisted) leave();
  });
  touched();
}

// What is on the page is never overtaken by an older answer: whoever has opened the next item or a menu, or has a button
// pressed, keeps what they see, and the page catches up afterwards. What they asked to see comes when the press is over.
// Every answer that replaces a part of the page comes through `htmx:before:swap`, whoever asked for it.
import htmx, { type HtmxSwapContext } from "htmx.org";
import { one } from "./dom";

/** What asks for the page once more, as soon as nobody is disturbed by it. */
export const behind = "tminus:behind";

/** A press is over by then, also where its end was outside of the window. */
const pressMs = 1000;
const lookAgainMs = 50;
/** Places that asking for the page again brings back whole. */
const whole = "#main, #item";

let begun = 0;
let pressed = -Infinity;
const order = new WeakMap<object, number>();
const must = new WeakSet<object>();
let shown: { place: Element; begun: number }[] = [];

/** The number of a request that begins now. */
export function begin(): number {
  return ++begun;
}

/** The number of the last request that somebody made. */
export function latest(): number {
  return begun;
}

/** A menu of the page is open or a button pressed: that place stays as it is. */
export function isBusy(): boolean {
  return performance.now() - pressed < pressMs || one("#main :popover-open") !== null;
}

/** Puts an answer into the page, if nothing later is there. What was refused is always shown. */
export async function show(what: HtmxSwapContext, number: number, refused = false): Promise<void> {
  order.set(what, number);
  if (refused) must.add(what);
  await htmx.swap(what);
}

document.addEventListener("pointerdown", (event) => {
  if (event.target instanceof Element && event.target.closest("#main")) pressed = performance.now();
}, true);
for (const end of ["click", "pointercancel"]) document.addEventListener(end, () => (pressed = -Infinity), true);

document.addEventListener("htmx:before:request", (event) => order.set(event.detail.ctx, begin()));

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  const number = order.get(ctx) ?? begin();
  const refused = must.has(ctx) || (ctx.response?.status ?? 200) >= 400;
  shown = shown.filter(({ place }) => place.isConnected);
  const mains = tasks.filter(({ type, target }) => type === "main" && target instanceof Element);
  const overtaken = mains.filter(({ target }) => !refused && isOvertaken(target, number));
  const disturbs = mains.filter((task) => !refused && isBusy() && task.target.matches(whole) && !overtaken.includes(task));
  if (disturbs.length > 0 && ctx.request?.method === "GET") {
    event.preventDefault();
    setTimeout(() => void afterwards(ctx as HtmxSwapContext), lookAgainMs);
    return;
  }
  const late = [...overtaken, ...disturbs];
  for (const { target } of mains.filter((task) => !late.includes(task))) {
    shown = [...shown.filter(({ place }) => place !== target), { place: target, begun: number }];
  }
  if (late.length === 0) return;
  // Messages that come with it are shown; the place it leads to, somebody has left already.
  tasks.splice(0, tasks.length, ...tasks.filter((task) => !late.includes(task)));
  ctx.push = false;
  ctx.replace = false;
  document.dispatchEvent(new Event(behind));
});

async function afterwards(what: HtmxSwapContext): Promise<void> {
  if (isBusy()) setTimeout(() => void afterwards(what), lookAgainMs);
  else await htmx.swap(what);
}

function isOvertaken(place: Element, number: number): boolean {
  return shown.some((other) => number < other.begun && (place.contains(other.place) || other.place.contains(place)));
}

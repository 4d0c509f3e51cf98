// `data-grid`: one tab stop for all its `data-cell`s; arrows, Home and End move in it.
import { all, around } from "./dom";

type Move = (row: number, column: number, cells: HTMLElement[][]) => [number, number];

const moves: Record<string, Move> = {
  ArrowUp: (row, column) => [row - 1, column],
  ArrowDown: (row, column) => [row + 1, column],
  ArrowLeft: (row, column) => [row, column - 1],
  ArrowRight: (row, column) => [row, column + 1],
  Home: (row) => [row, 0],
  End: (row, _, cells) => [row, (cells[row]?.length ?? 1) - 1],
};

document.addEventListener("keydown", (event) => {
  const move = moves[event.key];
  const grid = around(event, "[data-grid]");
  const cell = around(event, "[data-cell]");
  if (!move || !grid || !cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const cells = all("tr, [role=row]", grid).map((row) => all("[data-cell]", row)).filter((row) => row.length > 0);
  const row = cells.findIndex((row) => row.includes(cell));
  const [toRow, toColumn] = move(row, cells[row]?.indexOf(cell) ?? 0, cells);
  const next = cells[toRow]?.[toColumn];
  if (!next) return;
  event.preventDefault();
  rove(grid, next);
  next.focus();
});

document.addEventListener("focusin", (event) => {
  const grid = around(event, "[data-grid]");
  const cell = around(event, "[data-cell]");
  if (grid && cell) rove(grid, cell);
});

function rove(grid: HTMLElement, stop: HTMLElement): void {
  for (const cell of all("[data-cell]", grid)) cell.tabIndex = cell === stop ? 0 : -1;
}

function setUp(): void {
  for (const grid of all("[data-grid]")) {
    const cells = all("[data-cell]", grid);
    const stop = cells.find((cell) => cell === document.activeElement) ?? cells.find((cell) => cell.getAttribute("tabindex") === "0") ?? cells[0];
    if (stop) rove(grid, stop);
  }
}

setUp();
document.addEventListener("htmx:after:swap", setUp);

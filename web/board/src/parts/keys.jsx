import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../link.js";
import { choices, choose, route, to } from "../route.js";

const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

const KEYS = [
  ["/", "Search"],
  ["Arrows", "From tile to tile"],
  ["Enter", "Open what is chosen"],
  ["Esc", "Back to the list, or out of the wall view"],
  ["1 … 6", "Stations, orders, pieces, material, layouts, sources"],
  ["W", "Wall view: as large as it fits"],
  ["F", "Full screen"],
  ["?", "This help"],
];

/** Keys for the whole page; none while somebody types or uses a chord of the browser. */
export function useKeys(pages, showHelp) {
  useEffect(() => {
    const pressed = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      const typing = event.target.matches?.("input, select, textarea");
      if (event.key === "Escape") return leave(event.target, typing);
      if (typing) return;
      const at = Number(event.key) - 1;
      if (event.key === "/") focusSearch(event);
      else if (event.key === "?") showHelp();
      else if (event.key === "f") toggleFullscreen();
      else if (event.key === "w") toggleWall();
      else if (pages[at]) location.hash = to(pages[at]);
      else if (ARROWS[event.key]) step(event, ARROWS[event.key]);
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

function leave(target, typing) {
  const parents = { station: "stations", job: "stations", piece: "pieces", order: "orders", batch: "batches", layout: "layouts" };
  if (typing) target.blur();
  else if (choices.value.get("size") === "wall" && !parents[route.value.page]) choose("size", "");
  else if (parents[route.value.page]) location.hash = to(parents[route.value.page]);
}

function focusSearch(event) {
  const field = document.querySelector("input[type=search]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

function toggleWall() {
  if (route.value.page !== "stations") location.hash = `${to("stations")}?size=wall`;
  else choose("size", choices.value.get("size") === "wall" ? "" : "wall");
}

function toggleFullscreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.();
}

/** From the chosen tile to the nearest one in a direction; the first arrow chooses the first tile. */
function step(event, [dx, dy]) {
  const tiles = [...document.querySelectorAll("a.tile")];
  if (tiles.length === 0) return;
  const from = document.activeElement?.closest?.("a.tile");
  if (!from && document.activeElement && document.activeElement !== document.body) return;
  event.preventDefault();
  if (!from) return tiles[0].focus();
  const here = middle(from);
  let best = null;
  for (const tile of tiles) {
    const there = middle(tile);
    const ahead = (there.x - here.x) * dx + (there.y - here.y) * dy;
    const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
    if (ahead <= 4 || (dx && aside > 20)) continue;
    const distance = ahead + aside * 2;
    if (!best || distance < best.distance) best = { tile, distance };
  }
  best?.tile.focus();
}

function middle(tile) {
  const box = tile.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

export function Help({ close }) {
  const dialog = useRef(null);
  const [graphiql, setGraphiql] = useState(false);
  useEffect(() => {
    dialog.current.showModal();
    dialog.current.querySelector("button").focus();
    fetch("graphiql/", { method: "HEAD" }).then(
      (answer) => setGraphiql(answer.ok),
      () => {},
    );
  }, []);
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="help-title">
      <h2 id="help-title">Keys and links</h2>
      <dl class="keys">
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <ul class="links">
        {graphiql && (
          <li>
            <a href="graphiql/" id="graphiql">GraphiQL</a>: write and run queries
          </li>
        )}
        <li>
          <a href="schema.graphql">Schema</a>: all types and fields
        </li>
        <li>
          <a href="livez">Alive?</a> <a href="readyz">Ready?</a>
        </li>
        <li>
          The API answers at <code>{api.href}</code>
        </li>
        <li>
          <a href="board/LICENSES.txt">Licences</a> of what this page is made with
        </li>
      </ul>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}

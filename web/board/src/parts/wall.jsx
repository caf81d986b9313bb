// The stations for a screen on the wall: as large as they fit, in pages that turn by themselves when they do not.
import { Pause, Play } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { now } from "../clock.js";
import { choose } from "../route.js";
import { Icon } from "./icon.jsx";
import { statusOf, Tile } from "./tile.jsx";

const TURN_MS = 12_000;
/** More tiles than these on one page cannot be read from ten metres. */
const MOST_ACROSS = 5;
const MOST_DOWN = 4;
const URGENT = new Set(["FAULT", "STOPPED"]);

const urgent = (station) => URGENT.has(statusOf(station)) || station.alarms?.length > 0;

export function Wall({ stations }) {
  const [page, setPage] = useState(0);
  const [paused, setPaused] = useState(false);
  const { across, down } = useShape(stations.length);
  const pages = paged(stations, across * down);
  const at = page % pages.length;
  const turning = pages.length > 1 && !paused;
  useEffect(() => {
    if (!turning) return;
    const timer = setInterval(() => setPage((before) => before + 1), TURN_MS);
    return () => clearInterval(timer);
  }, [turning]);
  useEffect(() => {
    document.body.classList.add("on-wall");
    return () => document.body.classList.remove("on-wall");
  }, []);
  return (
    <>
      <ul class="tiles wall" style={{ "--across": across, "--down": down }} aria-label="Stations">
        {pages[at].map((station) => (
          <li key={station.id}>
            <Tile station={station} />
          </li>
        ))}
      </ul>
      <div class="wall-bar">
        <time>{new Date(now.value).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}</time>
        {pages.length > 1 && (
          <>
            <span>
              Page {at + 1} of {pages.length}
            </span>
            <button type="button" onClick={() => setPaused(!paused)} aria-pressed={paused}>
              <Icon of={paused ? Play : Pause} size={18} /> {paused ? "Turn pages" : "Stay on this page"}
            </button>
          </>
        )}
        <button type="button" onClick={() => choose("size", "")}>
          Leave the wall view
        </button>
      </div>
    </>
  );
}

/** How many tiles fit across and down, so that few stations get large tiles. */
function useShape(count) {
  const [size, setSize] = useState([innerWidth, innerHeight]);
  useEffect(() => {
    const changed = () => setSize([innerWidth, innerHeight]);
    addEventListener("resize", changed);
    return () => removeEventListener("resize", changed);
  }, []);
  const upright = size[0] < size[1];
  const [most, least] = upright ? [MOST_DOWN - 1, MOST_ACROSS + 1] : [MOST_ACROSS, MOST_DOWN];
  const shown = Math.max(1, Math.min(count, most * least));
  const across = Math.min(most, Math.ceil(Math.sqrt((shown * size[0]) / size[1] / 1.4)));
  return { across, down: Math.min(least, Math.ceil(shown / across)) };
}

/** What needs somebody stays on every page, in front; the others take turns. */
function paged(stations, room) {
  if (stations.length <= room) return [stations];
  const kept = stations.filter(urgent).slice(0, Math.floor(room / 2));
  const others = stations.filter((one) => !kept.includes(one));
  const places = room - kept.length;
  const pages = [];
  for (let from = 0; from < others.length; from += places) pages.push([...kept, ...others.slice(from, from + places)]);
  return pages;
}

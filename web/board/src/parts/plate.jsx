import { anyLook } from "../status.js";
import { number, plain } from "../words.js";

const finite = (value) => typeof value === "number" && Number.isFinite(value);

/**
 * Where a placement lies, as far as the vendor's own form can be read: its corner or middle in millimetres
 * (x, y), its size (width, depth, or that of its piece or model) and its turn in degrees. Null when it says no place.
 */
export function placed(placement) {
  const { geometry, piece, widthMm, depthMm } = placement;
  if (!geometry || typeof geometry !== "object" || !finite(geometry.x) || !finite(geometry.y)) return null;
  const width = [geometry.width, geometry.sizeX, widthMm, piece?.sizeXMm].find((one) => finite(one) && one > 0) ?? null;
  const depth = [geometry.depth, geometry.height, geometry.sizeY, depthMm, piece?.sizeYMm].find((one) => finite(one) && one > 0) ?? null;
  return { x: geometry.x, y: geometry.y, width, depth, turn: finite(geometry.rotation) ? geometry.rotation : 0 };
}

/** The sheet or plate from above with its pieces: outlines where their sizes are known, numbered dots elsewhere. */
export function Plate({ layout, places }) {
  const frame = frameOf(layout, places);
  const unit = Math.max(frame.width, frame.depth) / 100;
  const edge = 3 * unit;
  return (
    <svg
      class="drawing"
      viewBox={`${frame.left - edge} ${-frame.top - edge} ${frame.width + 2 * edge} ${frame.depth + 2 * edge}`}
      role="img"
      aria-label={`${layout.name}: ${number(layout.widthMm)} by ${number(layout.depthMm)} millimetres with ${places.length} placements`}
    >
      <rect x={frame.plate.left} y={-frame.plate.bottom - layout.depthMm} width={layout.widthMm} height={layout.depthMm} rx={unit} fill="var(--card)" stroke="var(--soft)" stroke-width={unit / 2} />
      {places.map(({ placement, at }) => (
        <Placed key={placement.position} {...{ placement, at, unit }} />
      ))}
    </svg>
  );
}

/** What is drawn, in millimetres: the plate, its zero in a corner or in the middle, and what lies beside it. */
function frameOf({ widthMm, depthMm }, places) {
  const middle = places.some(({ at }) => at.x < 0 || at.y < 0);
  const plate = { left: middle ? -widthMm / 2 : 0, bottom: middle ? -depthMm / 2 : 0 };
  const left = Math.min(plate.left, ...places.map(({ at }) => at.x));
  const bottom = Math.min(plate.bottom, ...places.map(({ at }) => at.y));
  const right = Math.max(plate.left + widthMm, ...places.map(({ at }) => at.x + (at.width ?? 0)));
  const top = Math.max(plate.bottom + depthMm, ...places.map(({ at }) => at.y + (at.depth ?? 0)));
  return { plate, left, top, width: right - left, depth: top - bottom };
}

/** The name of what is placed; an id alone is said to be one. */
export function placedName({ name, piece, position }) {
  const [kind, id] = (name ?? "").split("/");
  if (piece?.name) return piece.name;
  return id ? `${plain(kind)} ${id.slice(0, 8)}` : name || `#${position + 1}`;
}

function Placed({ placement, at, unit }) {
  const tone = placement.piece ? `tone-${anyLook(placement.piece.status).tone}` : "tone-setup";
  const outlined = at.width && at.depth;
  const middle = outlined ? [at.width / 2, -at.depth / 2] : [0, 0];
  return (
    <g class={tone} transform={`translate(${at.x} ${-at.y}) rotate(${-at.turn})`}>
      <title>{`${placement.position + 1}: ${placedName(placement)} at ${number(at.x)}, ${number(at.y)} mm`}</title>
      {outlined && <rect x="0" y={-at.depth} width={at.width} height={at.depth} rx={unit / 2} class="outline" stroke-width={unit / 2.5} />}
      <g transform={`translate(${middle.join(" ")}) rotate(${at.turn})`}>
        <circle r={3.3 * unit} fill="var(--tone)" />
        <text y={1.25 * unit} font-size={3.6 * unit} font-weight="700" text-anchor="middle" fill="var(--on)">
          {placement.position + 1}
        </text>
      </g>
    </g>
  );
}

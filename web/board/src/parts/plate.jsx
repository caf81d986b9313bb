import { anyLook } from "../status.js";
import { number } from "../words.js";

const finite = (value) => typeof value === "number" && Number.isFinite(value);

/**
 * Where a placement lies, as far as the vendor's own form can be read: its corner or middle in millimetres
 * (x, y), its size (width, depth, or that of its piece) and its turn in degrees. Null when it says no place.
 */
export function placed(placement) {
  const { geometry, piece } = placement;
  if (!geometry || typeof geometry !== "object" || !finite(geometry.x) || !finite(geometry.y)) return null;
  const width = [geometry.width, geometry.sizeX, piece?.sizeXMm].find((one) => finite(one) && one > 0) ?? null;
  const depth = [geometry.depth, geometry.height, geometry.sizeY, piece?.sizeYMm].find((one) => finite(one) && one > 0) ?? null;
  return { x: geometry.x, y: geometry.y, width, depth, turn: finite(geometry.rotation) ? geometry.rotation : 0 };
}

/** The sheet or plate from above with its pieces; those of unknown size are drawn as marks. */
export function Plate({ layout, places }) {
  const width = layout.widthMm;
  const depth = layout.depthMm;
  const unit = Math.max(width, depth) / 100;
  const middle = places.some(({ at }) => at.x < 0 || at.y < 0);
  const left = middle ? -width / 2 : 0;
  const bottom = middle ? -depth / 2 : 0;
  return (
    <svg
      class="drawing"
      viewBox={`${left - 4 * unit} ${-bottom - depth - 4 * unit} ${width + 8 * unit} ${depth + 11 * unit}`}
      role="img"
      aria-label={`${layout.name}: ${number(width)} by ${number(depth)} millimetres with ${places.length} placements`}
    >
      <rect x={left} y={-bottom - depth} width={width} height={depth} rx={unit} fill="var(--card)" stroke="var(--soft)" stroke-width={unit / 2} />
      {places.map(({ placement, at }) => (
        <Placed key={placement.position} {...{ placement, at, unit }} />
      ))}
      <text x={left} y={-bottom + 5.5 * unit} font-size={3 * unit} fill="var(--soft)">
        {number(width)} × {number(depth)} mm
      </text>
    </svg>
  );
}

function Placed({ placement, at, unit }) {
  const name = placement.piece?.name ?? placement.name ?? `#${placement.position + 1}`;
  const tone = placement.piece ? `tone-${anyLook(placement.piece.status).tone}` : "tone-setup";
  const text = (
    <text x={unit} y={-unit} font-size={2.4 * unit} fill="var(--text)">
      {placement.position + 1}
    </text>
  );
  return (
    <g class={tone} transform={`translate(${at.x} ${-at.y}) rotate(${-at.turn})`}>
      <title>{`${name} at ${number(at.x)}, ${number(at.y)} mm`}</title>
      {at.width && at.depth ? (
        <rect x="0" y={-at.depth} width={at.width} height={at.depth} fill="var(--tone)" fill-opacity="0.35" stroke="var(--tone)" stroke-width={unit / 3} />
      ) : (
        <path d={`M${-2 * unit} 0H${2 * unit}M0 ${-2 * unit}V${2 * unit}`} stroke="var(--tone)" stroke-width={unit / 1.5} />
      )}
      {text}
    </g>
  );
}

import { anyLook, stationLook } from "../status.js";
import { plain } from "../words.js";

/** One of lucide's icons; a decoration beside words unless it is given a title. */
export function Icon({ of, size = 20 }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2.25"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {of.map(([Tag, attributes], at) => (
        <Tag key={at} {...attributes} />
      ))}
    </svg>
  );
}

export function Status({ of, station = false }) {
  const look = station ? stationLook(of) : anyLook(of);
  return (
    <span class={`chip tone-${look.tone}`}>
      <Icon of={look.icon} size={14} />
      {plain(of)}
    </span>
  );
}

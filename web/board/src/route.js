// Where the page is, in the part of the address after "#": #/station/<id>?<choices>.
import { computed, signal } from "@preact/signals";

function read() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [page = "", ...rest] = path.split("/");
  return { page: page || "stations", id: decodeURIComponent(rest.join("/")), choices: new URLSearchParams(query) };
}

export const route = signal(read());
addEventListener("hashchange", () => {
  const before = route.value;
  route.value = read();
  if (before.page !== route.value.page || before.id !== route.value.id) scrollTo(0, 0);
});

export const choices = computed(() => route.value.choices);
export const to = (page, id = "") => `#/${page}${id ? `/${encodeURIComponent(id)}` : ""}`;

/** Changes one choice in place: what is chosen can be kept as a bookmark, and "back" leaves the page. */
export function choose(name, value) {
  const next = new URLSearchParams(route.value.choices);
  if (value) next.set(name, value);
  else next.delete(name);
  const { page, id } = route.value;
  const query = next.toString();
  history.replaceState(null, "", `${to(page, id)}${query ? `?${query}` : ""}`);
  route.value = { page, id, choices: next };
}

// Fills the start page from the API, like any other client would.
const REFRESH_MS = 10_000;

const element = (id) => document.getElementById(id);
const api = new URL("graphql", location.href);
const overview = fetch("landing/overview.graphql").then((answer) => answer.text());

function make(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

function words(status) {
  const text = status.toLowerCase().replaceAll("_", " ");
  return text[0].toUpperCase() + text.slice(1);
}

function say(text) {
  element("notice").textContent = text;
  element("notice").hidden = !text;
}

async function ask() {
  const answer = await fetch(api, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify({ query: await overview }),
  });
  if (answer.status === 401 || answer.status === 403) {
    throw new Error("Stations and sources are shown only to callers who sign in; open GraphiQL and set your key there.");
  }
  const { data, errors } = await answer.json();
  if (!data) throw new Error(errors?.[0]?.message ?? `The API answered with status ${answer.status}.`);
  return data;
}

function showStations(stations) {
  const counts = new Map();
  for (const { node } of stations.edges) {
    const status = node.state?.status ?? "UNKNOWN";
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const chips = [...counts].sort(([, a], [, b]) => b - a).map(([status, count]) => {
    const chip = make("li", "chip", words(status));
    chip.dataset.status = status;
    chip.prepend(make("strong", "", count));
    return chip;
  });
  element("station-count").textContent = stations.totalCount ?? stations.edges.length;
  element("station-chips").replaceChildren(...chips);
  showHint(stations);
  element("stations").hidden = false;
}

function showHint(stations) {
  const hints = [];
  if (stations.totalCount > stations.edges.length) hints.push(`States are those of the first ${stations.edges.length}.`);
  if (stations.unavailableSources?.length) hints.push(`Missing or out of date: ${stations.unavailableSources.join(", ")}.`);
  element("station-hint").textContent = hints.join(" ");
  element("station-hint").hidden = hints.length === 0;
}

function showSources(sources) {
  const rows = sources.map((source) => {
    const row = document.createElement("tr");
    const name = make("td", "", source.title || source.key);
    if (source.title && source.title !== source.key) name.append(make("small", "", source.key));
    const status = make("td", "", "");
    const chip = make("span", "chip", words(source.status));
    chip.dataset.status = source.status;
    status.append(chip);
    row.append(name, make("td", "", source.vendor), status);
    return row;
  });
  element("source-count").textContent = sources.length;
  element("source-rows").replaceChildren(...rows);
  element("sources").hidden = false;
}

async function refresh() {
  if (document.hidden) return;
  try {
    const { sources, stations } = await ask();
    if (stations) showStations(stations);
    if (sources) showSources(sources);
    say(stations && sources ? "" : "A part of the answer is missing; GraphiQL shows why.");
  } catch (problem) {
    say(problem instanceof TypeError ? "The server does not answer." : problem.message);
  }
}

async function hideGraphiqlWhenOff() {
  const answer = await fetch("graphiql/");
  await answer.text();
  element("graphiql").hidden = answer.status === 404;
}

element("address").textContent = api.href;
document.addEventListener("visibilitychange", refresh);
setInterval(refresh, REFRESH_MS);
refresh();
hideGraphiqlWhenOff();

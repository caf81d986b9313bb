// Sends the query of the form to the API and shows the answer; nothing is stored.
const element = (id) => document.getElementById(id);
const api = new URL("../graphql", location.href);

async function run() {
  const headers = { "content-type": "application/json", accept: "application/graphql-response+json" };
  const authorization = element("authorization").value.trim();
  if (authorization) headers.authorization = authorization;
  const body = { query: element("query").value };
  const variables = element("variables").value.trim();
  if (variables) body.variables = JSON.parse(variables);
  const answer = await fetch(api, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await answer.text();
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return `${answer.status} ${answer.statusText}\n${text}`;
  }
}

async function show() {
  element("answer").textContent = "…";
  element("answer").textContent = await run().catch((problem) => String(problem));
}

element("form").addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") show();
});

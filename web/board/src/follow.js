// Follows one subscription for as long as it is wanted: from its snapshot, over broken lines, by cursor.
import { ask, caughtUp, client, link, SignIn, tell, whenRetrying, whenSignedIn } from "./link.js";

const QUIET_MS = 1500;
/** On a line that is cut a question would wait for minutes. */
const ANSWER_MS = 5000;
const open = new Set();
let quiet = 0;

/**
 * `records` takes what comes: begin(), put(id, record), drop(id), end(). Between begin and end a whole
 * snapshot passes; what it does not name is gone. Returns the function that stops following.
 */
export function follow({ query, operationName, field, record, id = "id", records, resumable = true }) {
  const stream = { stopped: false, current: false, cursor: null, dispose: () => {} };
  const start = () => {
    if (stream.stopped) return;
    stream.current = false;
    if (!stream.cursor) records.begin();
    else settleSoon();
    stream.dispose = client.subscribe(
      { query, operationName, variables: resumable ? { after: stream.cursor } : {} },
      { next: (result) => take(result), error: (failure) => broken(failure, stream, start), complete: () => ended() },
    );
  };
  const ended = () => {
    if (!stream.stopped) whenRetrying(start);
  };
  const take = ({ data, errors }) => {
    const change = data?.[field];
    if (!change) return errors && tell(link.value.phase, errors[0].message);
    if (!stream.current) caughtUp.value += 1;
    apply(change, change[id], change[record], records, stream);
    if (resumable && stream.current) stream.cursor = change.cursor;
    settleSoon();
  };
  open.add(stream);
  start();
  return () => {
    stream.stopped = true;
    open.delete(stream);
    stream.dispose();
  };
}

function apply(change, id, record, records, stream) {
  if (change.kind === "RESYNC") {
    stream.current = false;
    stream.cursor = null;
    records.begin();
  } else if (change.kind === "CAUGHT_UP") {
    stream.current = true;
    records.end();
  } else if (change.kind === "REMOVED") {
    records.drop(id);
  } else if (record) {
    records.put(id, record);
    // After a cursor there is no CAUGHT_UP: the changes that were missed come first, then those that happen.
    if (stream.cursor && change.kind !== "SNAPSHOT") stream.current = true;
  }
}

/** All streams are current when each has its snapshot and nothing more comes at once. */
function settleSoon() {
  if (link.value.phase !== "CATCHING_UP") return;
  clearTimeout(quiet);
  const ready = [...open].every((stream) => stream.current || stream.cursor);
  if (ready) quiet = setTimeout(() => link.value.phase === "CATCHING_UP" && tell("LIVE"), QUIET_MS / 3);
  else quiet = setTimeout(settleSoon, QUIET_MS);
}

async function broken(failure, stream, start) {
  if (stream.stopped) return;
  if (Array.isArray(failure)) return refused(failure[0], stream, start);
  if (failure?.code === 4401 || failure?.code === 4403) return await signInFirst(start);
  // What is shown is out of date from now on, however long the next answer takes.
  tell("LOST");
  // A browser does not tell why a websocket was not let in; a plain question does.
  if (await isStranger()) return await signInFirst(start);
  whenRetrying(start);
}

function refused(error, stream, start) {
  const code = error?.extensions?.code;
  if (stream.cursor && (code === "BAD_CURSOR" || code === "SUBSCRIPTION_ENDED")) {
    if (code === "BAD_CURSOR") stream.cursor = null;
    start();
  } else if (error?.extensions?.retryable || code === "SUBSCRIPTION_ENDED") {
    whenRetrying(start);
  } else {
    tell("REFUSED", error?.message ?? "The server refuses to answer.");
  }
}

async function isStranger() {
  try {
    await ask("{ __typename }", {}, { signal: AbortSignal.timeout(ANSWER_MS) });
    return false;
  } catch (problem) {
    return problem instanceof SignIn;
  }
}

async function signInFirst(start) {
  whenSignedIn(start);
  tell("SIGN_IN");
}

// Asks a query for a page, again when what it depends on changes; an earlier answer stays until then.
import { useEffect, useState } from "preact/hooks";
import { ask, link } from "../link.js";

/** { data, errors, failed, loading }; asks again every `seconds` and whenever `again` is another value. */
export function useQuery(query, variables, { again = "", seconds = 30 } = {}) {
  const [state, setState] = useState({ data: null, errors: [], failed: "", loading: true });
  const live = link.value.phase === "LIVE";
  useEffect(() => {
    const stop = new AbortController();
    const run = async () => {
      try {
        const { data, errors } = await ask(query, variables(), { signal: stop.signal });
        setState({ data, errors, failed: "", loading: false });
      } catch (problem) {
        if (stop.signal.aborted) return;
        setState((before) => ({ ...before, failed: problem.message, loading: false }));
      }
    };
    run();
    const timer = seconds ? setInterval(() => document.hidden || run(), seconds * 1000) : 0;
    return () => {
      clearInterval(timer);
      stop.abort();
    };
  }, [query, again, live]);
  return state;
}

/** Errors that belong to one field of the answer, in words. */
export function errorsAt(errors, name) {
  return errors.filter((error) => error.path?.includes(name)).map((error) => error.message);
}

import { useEffect } from "preact/hooks";

/** What the browser's tab and history say; empty words are left out. */
export function useTitle(...words) {
  const title = [...words.filter(Boolean), "Floorgraph"].join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}

/** The title of a record's page: what it is, and what it is called. */
export function Title({ kind, name, children }) {
  return (
    <>
      <h1>
        <span class="kicker">{kind}</span> {name}
      </h1>
      {children}
    </>
  );
}

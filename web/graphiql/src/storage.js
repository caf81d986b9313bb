// GraphiQL leaves headers out of its tabs, but its history keeps them with every query. They may hold
// credentials, so nothing named "headers" is ever stored, whichever part of GraphiQL stores it.

function withoutHeaders(text) {
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    return text; // not JSON: single values such as the theme
  }
  if (typeof content !== "object" || content === null) return text;
  return JSON.stringify(content, (key, value) => (key === "headers" ? undefined : value));
}

export function keepingNoHeaders(storage) {
  return {
    get length() {
      return storage.length;
    },
    clear: () => storage.clear(),
    getItem: (key) => storage.getItem(key),
    removeItem: (key) => storage.removeItem(key),
    setItem: (key, value) => storage.setItem(key, withoutHeaders(value)),
  };
}

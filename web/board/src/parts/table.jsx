/**
 * A table whose rows become cards where it is narrow: each value keeps the name of its column beside it.
 * A `compact` one, of few short columns, stays a table. A column that no row fills takes no room.
 * A column is a name, or { name, number, whole, kept }: `whole` for words that stay in one line where there is
 * room, `kept` for what will be filled in a moment;
 * a row is { key, cells, stale }; the first cell names the row.
 */
export function Table({ label, columns, rows, compact }) {
  const named = columns.map((column) => (typeof column === "string" ? { name: column } : column));
  const shown = named.map((column, at) => ({ ...column, at })).filter(({ at, kept }) => at === 0 || kept || rows.some(({ cells }) => !empty(cells[at])));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table role="table" class={compact ? "compact" : "carded"}>
        <thead role="rowgroup">
          <tr role="row">
            {shown.map(({ name, number }) => (
              <th scope="col" role="columnheader" key={name} class={number ? "number" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map(({ key, cells, stale }) => (
            <tr role="row" key={key} class={stale ? "stale" : undefined}>
              {shown.map((column) => cellOf(cells[column.at], column))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const empty = (cell) => cell === "" || cell === null || cell === undefined || cell === false;

function cellOf(cell, { at, name, number, whole }) {
  if (at === 0) {
    return (
      <th scope="row" role="rowheader" key={name}>
        {cell}
      </th>
    );
  }
  return (
    <td role="cell" key={name} data-label={name} class={[number && "number", whole && "whole", empty(cell) && "nothing"].filter(Boolean).join(" ") || undefined}>
      {cell}
    </td>
  );
}

import { gql, type TypedDocumentNode } from "urql";

export interface Station {
  id: string;
  name: string;
  stale: boolean;
  source: { title: string };
  // Words may be added to the lists of the API: a page must do with words it does not know.
  state: { status: string; name: string | null } | null;
  currentJob: { name: string; progress: { percent: number | null } | null } | null;
}

export interface Change {
  kind: string;
  id: string | null;
  station: Station | null;
}

export const STATION_CHANGED: TypedDocumentNode<{ stationChanged: Change }> = gql`
  subscription StationChanged {
    stationChanged {
      kind
      id
      station {
        id
        name
        stale
        source { title }
        state { status name }
        currentJob { name progress { percent } }
      }
    }
  }
`;

export const SOURCES: TypedDocumentNode<{
  sources: { key: string; title: string; status: string; version: string | null }[];
}> = gql`
  query Sources {
    sources { key title status version }
  }
`;

/** The floor as one stream tells it. */
export interface Floor {
  shown: ReadonlyMap<string, Station>;
  /** A snapshot that is still coming; it takes the place of `shown` when it is whole. */
  coming: ReadonlyMap<string, Station> | null;
  caughtUp: boolean;
}

export const EMPTY: Floor = { shown: new Map(), coming: null, caughtUp: false };

/**
 * The floor after a change. A snapshot comes first, and again after every lost connection: collecting it
 * apart drops what was removed meanwhile.
 */
export function after(floor: Floor, { kind, id, station }: Change): Floor {
  switch (kind) {
    case "SNAPSHOT":
      return station ? { ...floor, coming: new Map(floor.coming ?? []).set(station.id, station) } : floor;
    case "CAUGHT_UP":
      return { shown: floor.coming ?? new Map(), coming: null, caughtUp: true };
    case "ADDED":
    case "UPDATED":
      return station ? { ...floor, shown: new Map(floor.shown).set(station.id, station) } : floor;
    case "REMOVED": {
      const shown = new Map(floor.shown);
      shown.delete(id ?? "");
      return { ...floor, shown };
    }
    default:
      // LAGGED: the latest states follow. RESYNC: a snapshot follows. And kinds that are yet to come.
      return floor;
  }
}

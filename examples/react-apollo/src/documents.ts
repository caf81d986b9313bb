import { gql, type TypedDocumentNode } from "@apollo/client";

export interface Station {
  __typename: "Station";
  id: string;
  name: string;
  stale: boolean;
  source: { __typename: "Source"; key: string; title: string };
  // Words may be added to the lists of the API: a page must do with words it does not know.
  state: { __typename: "StationState"; status: string; name: string | null; since: string | null } | null;
  currentJob: {
    __typename: "Job";
    id: string;
    name: string;
    progress: { __typename: "Progress"; percent: number | null } | null;
  } | null;
}

// Query and subscription ask for the same fields, so that an event has all that the page shows.
const SHOWN = gql`
  fragment Shown on Station {
    id
    name
    stale
    source { key title }
    state { status name since }
    currentJob { id name progress { percent } }
  }
`;

export const STATIONS: TypedDocumentNode<{
  stations: { totalCount: number; unavailableSources: string[]; nodes: Station[] };
}> = gql`
  query Stations {
    stations(first: 1000, orderBy: [{ field: NAME }]) {
      totalCount
      unavailableSources
      nodes { ...Shown }
    }
  }
  ${SHOWN}
`;

export const STATION_CHANGED: TypedDocumentNode<{
  stationChanged: { kind: string; id: string | null; cursor: string; station: Station | null };
}> = gql`
  subscription StationChanged {
    stationChanged {
      kind
      id
      cursor
      station { ...Shown }
    }
  }
  ${SHOWN}
`;

import everyStationNow from "../examples/every-station-now.graphql?raw";
import liveStations from "../examples/live-stations.graphql?raw";
import ordersAndPieces from "../examples/orders-and-pieces.graphql?raw";
import sourceHealth from "../examples/source-health.graphql?raw";
import stationInDepth from "../examples/station-in-depth.graphql?raw";

// One tab each, in this order; a tab takes its title from the operation's name.
export const examples = [
  { query: everyStationNow },
  { query: stationInDepth },
  { query: ordersAndPieces },
  { query: sourceHealth },
  { query: liveStations },
];

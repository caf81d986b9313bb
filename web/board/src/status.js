// How each status looks: an icon, a letter and a tone, so that colour is never the only sign.
import {
  Ban, Check, CircleHelp, CirclePause, ClipboardList, Clock, FileText, Hammer, Hourglass, Loader, Moon, OctagonAlert, PackageCheck,
  Pause, Play, RefreshCw, ShieldAlert, Square, TriangleAlert, Truck, WifiOff, Wrench, X, LockKeyhole,
} from "lucide";

const look = (icon, letter, tone, rank) => ({ icon, letter, tone, rank });

const STATION = {
  FAULT: look(OctagonAlert, "F", "fault", 0),
  STOPPED: look(Square, "S", "stopped", 1),
  PAUSED: look(Pause, "P", "paused", 2),
  OFFLINE: look(WifiOff, "O", "offline", 3),
  MAINTENANCE: look(Hammer, "M", "maintenance", 4),
  SETUP: look(Wrench, "U", "setup", 5),
  IDLE: look(Hourglass, "I", "idle", 6),
  RUNNING: look(Play, "R", "running", 7),
  CLOSED: look(Moon, "C", "closed", 8),
  DISABLED: look(Ban, "D", "disabled", 9),
  UNKNOWN: look(CircleHelp, "?", "unknown", 10),
};

const OTHER = {
  UP: look(Check, "", "running", 5),
  DEGRADED: look(TriangleAlert, "", "paused", 2),
  DOWN: look(X, "", "fault", 0),
  AUTH_REQUIRED: look(LockKeyhole, "", "fault", 1),
  STARTING: look(Loader, "", "setup", 4),
  DRAFT: look(FileText, "", "closed", 9),
  PREPARING: look(ClipboardList, "", "setup", 6),
  RELEASED: look(ClipboardList, "", "setup", 5),
  IN_PROGRESS: look(Play, "", "running", 2),
  SHIPPING: look(Truck, "", "maintenance", 4),
  READY_TO_SHIP: look(PackageCheck, "", "maintenance", 4),
  COMPLETED: look(Check, "", "closed", 8),
  FAILED: look(X, "", "fault", 0),
  INCOMPLETE: look(TriangleAlert, "", "paused", 1),
  CANCELLED: look(Ban, "", "disabled", 9),
  REPLACED: look(RefreshCw, "", "disabled", 9),
  PLANNED: look(Clock, "", "closed", 7),
  QUEUED: look(Clock, "", "setup", 6),
  PENDING: look(Clock, "", "setup", 6),
  READY: look(Check, "", "setup", 5),
  COMPUTING: look(Loader, "", "idle", 5),
  RUNNING: look(Play, "", "running", 2),
  PAUSED: look(CirclePause, "", "paused", 1),
  STOPPED: look(Square, "", "stopped", 1),
  NEW: look(FileText, "", "setup", 6),
  AVAILABLE: look(Check, "", "running", 3),
  IN_USE: look(Play, "", "setup", 2),
  QUARANTINED: look(ShieldAlert, "", "fault", 0),
  DEPLETED: look(Ban, "", "disabled", 9),
};

/** The look of a station's status; words that are added to the API later look unknown but keep their name. */
export const stationLook = (status) => STATION[status] ?? STATION.UNKNOWN;
export const anyLook = (status) => OTHER[status] ?? STATION[status] ?? STATION.UNKNOWN;
export const stationRank = (status) => stationLook(status).rank;

/** The colours of the tones, for what is drawn on a canvas; the style sheet has the same. */
export const TONES = {
  running: "#15803d",
  setup: "#1d4ed8",
  idle: "#facc15",
  paused: "#c2410c",
  stopped: "#9f1239",
  fault: "#dc2626",
  maintenance: "#7e22ce",
  closed: "#64748b",
  offline: "#1f2937",
  disabled: "#a8a29e",
  unknown: "#94a3b8",
};

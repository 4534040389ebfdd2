// What every page loads; each behaviour is a module of its own and looks for its own data-* marks.
import "./zone.js";
import "./errors.js";
import "./offline.js";
import "./dialogs.js";
import "./rows.js";
import "./rail.js";
import "./live.js";
import "./knock.js";

// What readers say: the keys every page has.

import "./dialogs.js";
import "./keys.js";

// The list of readers: its dialogs, and the focus where somebody was chosen.

import "./dialogs.js";
import "./keys.js";

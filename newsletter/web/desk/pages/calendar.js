// The calendar needs nothing but its keys: the days are links.

import "./keys.js";

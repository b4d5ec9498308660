// The paste page needs nothing but its keys.

import "./keys.js";

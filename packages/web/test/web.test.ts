/** The page in a real browser. One process: the lake, the server and the browser are made once for all of it. */
import './search.ts';
import './keyboard.ts';
import './appearance.ts';
import './themes.ts';
import './untrusted.ts';
import './accessible.ts';
import './operations.ts';
import './keys.ts';

// Everything works without this file: it makes pages live, quick by keyboard and calm under the pointer.
// Each module follows one `data-` hook and listens on the document, so what htmx swaps in needs no set-up.
import "htmx.org";
import "./edit";
import "./grid";
import "./keys";
import "./live";
import "./menu";
import "./palette";
import "./panel";
import "./scheme";
import "./toast";

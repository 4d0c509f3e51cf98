// Everything works without this file: it makes pages live, quick by keyboard and calm under the pointer.
// Each module follows one `data-` hook and listens on the document, so what htmx swaps in needs no set-up.
//
//   data-row (with an id, no dots in it)   a line of a list: J and K, held by live updates while pointed at
//   data-keys="S", "G C"    the key, or two keys one after the other, that press this link or button
//   data-editable, data-edit, data-cancel   edit in place: the place (with an id), the text, the way out of its form
//   data-grid, data-cell    one tab stop, arrows move
//   data-panel, data-close  what a row's link opens; Escape closes it and goes back to the row
//   data-send               forms in it are sent from the page, and their answer is this page once more
//   data-choose-all, data-choose-group, data-choose-shown, data-chosen-count   ticks of many rows
//   data-popover            a menu under the button that opens it
//   data-passkey            a form that an authenticator fills in
//   data-palette, data-scheme, data-toast, data-undo, data-dismiss, data-keys-switch, data-live   the shell's own
//
// A link or form that changes a part of the page: hx-get or hx-post with hx-target="#id"; the answer is that element,
// which is morphed. What follows from a form while it is filled in: the macro `preview`.
import "htmx.org";
import "./choose";
import "./edit";
import "./grid";
import "./keys";
import "./live";
import "./menu";
import "./palette";
import "./panel";
import "./passkey";
import "./scheme";
import "./send";
import "./toast";

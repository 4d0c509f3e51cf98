//! Signing in and out, the second factor, passkeys, coming in by a link and a code, and looking through somebody else's eyes.

mod code;
mod factor;
mod link;
mod passkey;
mod provider;
mod sign_in;
mod view;

use tminus_domain::rights::Right;

use crate::routes::{Needs, Table};

pub(crate) fn routes(table: Table) -> Table {
    let of = Needs::Engagement;
    table
        .get("/sign-in", Needs::Nobody, sign_in::show)
        .post("/sign-in", Needs::Nobody, sign_in::begin)
        .post("/sign-out", Needs::Nobody, sign_in::end)
        .get("/sign-in/code", Needs::Nobody, factor::ask)
        .post("/sign-in/code", Needs::Nobody, factor::type_in)
        .get("/settings/second-factor", Needs::SignedIn, factor::show)
        .post("/settings/second-factor", Needs::SignedIn, factor::offer)
        .post("/settings/second-factor/confirm", Needs::SignedIn, factor::confirm)
        .post("/settings/second-factor/end", Needs::SignedIn, factor::end)
        .post("/sign-in/passkey/ask", Needs::Nobody, passkey::ask)
        .post("/sign-in/passkey", Needs::Nobody, passkey::sign_in)
        .get("/settings/passkeys", Needs::SignedIn, passkey::show)
        .post("/settings/passkeys", Needs::SignedIn, passkey::add)
        .post("/settings/passkeys/ask", Needs::SignedIn, passkey::ask_new)
        .post("/settings/passkeys/{passkey}/end", Needs::SignedIn, passkey::end)
        .get("/sign-in/with/{provider}", Needs::Nobody, provider::begin)
        .get("/sign-in/from/{provider}", Needs::Nobody, provider::back)
        .get("/sign-in/out/{provider}", Needs::Nobody, provider::out)
        .post("/sign-in/out/{provider}", Needs::Nobody, provider::left)
        .get("/l/{secret}", Needs::Nobody, link::show)
        .post("/l/{secret}", Needs::Nobody, link::open)
        .post("/l/{secret}/name", Needs::Nobody, link::name)
        .post("/l/{secret}/again", Needs::Nobody, link::again)
        .post("/sign-in/link", Needs::Nobody, link::ask)
        .get("/code", Needs::SignedIn, code::show)
        .post("/code", Needs::SignedIn, code::type_in)
        .post("/code/send", Needs::SignedIn, code::send)
        .post("/view/end", Needs::Nobody, view::end)
        .get("/engagements/{engagement}/as-customer", of(Right::ReadInternal), view::choose)
        .post("/engagements/{engagement}/as-customer", of(Right::ReadInternal), view::begin)
}

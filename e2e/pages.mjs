// Every page there is, for the checks and the pictures. A test compares it with the addresses that the program has.

/** `engagement` is the one that the sample shows best, `item` one of its items, `short` one that cannot be made, `open` one whose
 * owner is open, `kit` an
 * imported kit, `versions` two of another, `person` somebody of the practice, `customer` a member of the customer,
 * `portfolio` one that has engagements, `link` the address that a person of the customer was given, `letter` one in the outbox. */
export function pages({ engagement, item, short, open, kit, versions, person, customer, portfolio, link, letter }) {
  const inside = `/engagements/${engagement}`;
  return [
    { name: "sign-in", route: "/sign-in", path: "/sign-in", anyone: true },
    { name: "mine", route: "/", path: "/" },
    { name: "search", route: "/search", path: `/search?q=access&within=${engagement}` },
    { name: "engagements", route: "/engagements", path: "/engagements" },
    { name: "portfolios", route: "/portfolios", path: "/portfolios" },
    { name: "portfolio", route: "/portfolios/{portfolio}", path: `/portfolios/${portfolio}` },
    { name: "new", route: "/engagements/new", path: `/engagements/new?kit=${kit}` },
    { name: "countdown", route: "/engagements/{engagement}/countdown", path: `${inside}/countdown` },
    { name: "checklist", route: "/engagements/{engagement}/checklist", path: `${inside}/checklist` },
    { name: "checklist-item", route: "/engagements/{engagement}/checklist", path: `${inside}/checklist?item=${item}` },
    { name: "item", route: "/engagements/{engagement}/items/{item}", path: `${inside}/items/${item}` },
    { name: "item-short", route: "/engagements/{engagement}/items/{item}", path: `${inside}/items/${short}` },
    { name: "item-open", route: "/engagements/{engagement}/items/{item}", path: `${inside}/items/${open}` },
    { name: "item-new", route: "/engagements/{engagement}/items/new", path: `${inside}/items/new` },
    { name: "plan", route: "/engagements/{engagement}/plan", path: `${inside}/plan` },
    { name: "reminders", route: "/engagements/{engagement}/reminders", path: `${inside}/reminders` },
    { name: "people", route: "/engagements/{engagement}/people", path: `${inside}/people` },
    { name: "people-member", route: "/engagements/{engagement}/people", path: `${inside}/people?edit=${customer}` },
    { name: "seats", route: "/engagements/{engagement}/people/seats", path: `${inside}/people/seats` },
    { name: "seat", route: "/engagements/{engagement}/people/seats", path: `${inside}/people/seats?seat=security.alternate-lead.customer` },
    { name: "escalation", route: "/engagements/{engagement}/people/seats", path: `${inside}/people/seats?path=customer` },
    { name: "responsibility", route: "/engagements/{engagement}/people/responsibility", path: `${inside}/people/responsibility` },
    { name: "responsibility-row", route: "/engagements/{engagement}/people/responsibility", path: `${inside}/people/responsibility?edit=new` },
    { name: "people-import", route: "/engagements/{engagement}/people/import", path: `${inside}/people/import` },
    { name: "checklist-table", route: "/engagements/{engagement}/checklist/table", path: `${inside}/checklist/table` },
    { name: "access", route: "/engagements/{engagement}/access", path: `${inside}/access` },
    { name: "access-cell", route: "/engagements/{engagement}/access", path: `${inside}/access?person=${customer}&resource=jira` },
    { name: "resource-new", route: "/engagements/{engagement}/access/resources", path: `${inside}/access/resources` },
    { name: "resource", route: "/engagements/{engagement}/access/resources/{resource}", path: `${inside}/access/resources/jira` },
    { name: "members", route: "/engagements/{engagement}/access/resources/{resource}/members", path: `${inside}/access/resources/jira/members` },
    { name: "access-revoke-person", route: "/engagements/{engagement}/access/revoke", path: `${inside}/access/revoke?person=${customer}` },
    { name: "access-revoke", route: "/engagements/{engagement}/access/revoke", path: `${inside}/access/revoke?all=1` },
    { name: "yours", route: "/engagements/{engagement}/yours", path: `${inside}/yours` },
    { name: "links", route: "/engagements/{engagement}/people/{person}/link", path: `${inside}/people/${customer}/link` },
    { name: "record", route: "/engagements/{engagement}/record", path: `${inside}/record` },
    { name: "report", route: "/engagements/{engagement}/report", path: `${inside}/report` },
    { name: "as-customer", route: "/engagements/{engagement}/as-customer", path: `${inside}/as-customer` },
    { name: "link", route: "/l/{secret}", path: link, anyone: true },
    { name: "kits", route: "/kits", path: "/kits" },
    { name: "kit", route: "/kits/{kit}", path: `/kits/${kit}` },
    { name: "kit-diff", route: "/kits/diff", path: `/kits/diff?old=${versions[0]}&new=${versions[1]}` },
    { name: "people-all", route: "/people", path: "/people" },
    { name: "person", route: "/people/{person}", path: `/people/${person}` },
    { name: "person-erase", route: "/people/{person}/erase", path: `/people/${person}/erase` },
    { name: "settings", route: "/settings", path: "/settings" },
    { name: "second-factor", route: "/settings/second-factor", path: "/settings/second-factor" },
    { name: "passkeys", route: "/settings/passkeys", path: "/settings/passkeys" },
    { name: "practice-record", route: "/settings/record", path: "/settings/record" },
    { name: "outbox", route: "/settings/mail", path: "/settings/mail" },
    { name: "letter", route: "/settings/mail/{letter}", path: `/settings/mail/${letter}` },
  ];
}

/** Addresses that answer with something other than a page of their own. */
export const notPages = [
  "/mine",
  // It asks for a visit by link: a journey shows it
  "/code",
  // It asks for a password first: a journey shows it
  "/sign-in/code",
  // They lead to a provider and back: journeys go there
  "/sign-in/with/{provider}",
  "/sign-in/from/{provider}",
  "/sign-in/out/{provider}",
  "/engagements/{engagement}",
  "/engagements/{engagement}/checklist.csv",
  "/engagements/{engagement}/access.csv",
  "/engagements/{engagement}/people.csv",
  "/engagements/{engagement}/responsibility.csv",
  "/engagements/{engagement}/events",
  "/engagements/{engagement}/files/{file}",
];

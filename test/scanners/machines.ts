// What mail scanners do to a link before its reader sees it, as far as HTTP goes.

type Send = (request: Request) => Promise<Response>;
export type Machine = { readonly what: string; readonly scan: (send: Send, address: string) => Promise<unknown> };

const open = (send: Send, address: string) => send(new Request(address)).then((response) => response.text());

/** They look, and look again. */
export const lookers: readonly Machine[] = [
  { what: "HEAD", scan: (send, address) => send(new Request(address, { method: "HEAD" })) },
  { what: "GET", scan: open },
  {
    what: "five GETs at once",
    scan: (send, address) => Promise.all(Array.from({ length: 5 }, () => open(send, address))),
  },
];

/** Sends the page's form as it stands: what pressing its button comes to. */
export const presser: Machine = {
  what: "the button pressed",
  async scan(send, address) {
    const page = await open(send, address);
    const method = /<form method="(\w+)">/.exec(page)?.[1];
    if (method === undefined) throw new Error("The page has no form whose button could be pressed.");
    const names = [...page.matchAll(/<input[^>]*\bname="([^"]+)"/g)].map(([, name = ""]) => [name, ""]);
    await send(new Request(address, { method: method.toUpperCase(), body: new URLSearchParams(names) }));
  },
};

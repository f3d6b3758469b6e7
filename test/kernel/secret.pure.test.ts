import { expect, test } from "vitest";
import { hashFor, hashPassword, isSameSecret, newToken, passwordMatches, sealer } from "../../src/kernel/secret.ts";

const current = "the-secret-of-this-year-0123456789abcdef";
const former = "the-secret-of-last-year-0123456789abcdef";

test("a token is 256 random bits, and no two are the same", () => {
  const tokens = Array.from({ length: 1_000 }, newToken);
  expect(new Set(tokens).size).toBe(tokens.length);
  for (const token of tokens) expect(Buffer.from(token, "base64url")).toHaveLength(32);
});

test("a hash includes its purpose", () => {
  expect(hashFor("link sign_in", "si_x")).toBe(hashFor("link sign_in", "si_x"));
  expect(hashFor("link sign_in", "si_x")).not.toBe(hashFor("link password_reset", "si_x"));
});

test("a password matches its own hash only, however its letters were composed", async () => {
  const stored = await hashPassword("zeven wilde gänzen");
  expect(await passwordMatches("zeven wilde ga\u0308nzen", stored)).toBe(true);
  expect(await passwordMatches("zeven wilde ganzen", stored)).toBe(false);
  expect(await hashPassword("zeven wilde gänzen")).not.toBe(stored);
});

test("what is no hash matches nothing, not even nothing", async () => {
  const [scheme, logN, r, p, salt, key] = (await hashPassword("seven wild geese")).split("$");
  const broken = [
    null,
    undefined,
    "",
    "seven wild geese",
    `${scheme}$${logN}$${r}$${p}$${salt}$`,
    `${scheme}$${logN}$${r}$${p}$$${key}`,
    `${scheme}$0$1$1$${salt}$`,
    `${scheme}$40$${r}$${p}$${salt}$${key}`,
    `${scheme}$${logN}$${r}$${p}$${salt}`,
    `scrypt$14$8$1$${Buffer.alloc(16).toString("base64url")}$`,
  ];
  for (const stored of broken) {
    expect(await passwordMatches("seven wild geese", stored), String(stored)).toBe(false);
    expect(await passwordMatches("", stored), String(stored)).toBe(false);
  }
});

test("what is sealed opens under its own purpose only", async () => {
  const sealed = await sealer([current]).seal("session", "somebody");
  expect(await sealer([current]).open("session", sealed)).toBe("somebody");
  expect(await sealer([current]).open("letter", sealed)).toBeNull();
  expect(await sealer([former]).open("session", sealed)).toBeNull();
});

test("a secret rotates: the old one still opens, the new one seals, and once it is gone nothing of it opens", async () => {
  const before = await sealer([former]).seal("session", "before");
  const during = sealer([current, former]);
  const after = await during.seal("session", "after");
  expect(await during.open("session", before)).toBe("before");
  expect(await sealer([current]).open("session", after)).toBe("after");
  expect(await sealer([former]).open("session", after)).toBeNull();
  expect(await sealer([current]).open("session", before)).toBeNull();
});

test("no changed or made-up box opens, and none is an error", async () => {
  const { seal, open } = sealer([current]);
  const sealed = await seal("session", "somebody");
  const [kid = "", box = ""] = sealed.split(".");
  const bytes = Buffer.from(box, "base64url");
  const flipped = Array.from(bytes, (_, at) => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return `${kid}.${copy.toString("base64url")}`;
  });
  const cut = Array.from(bytes, (_, length) => `${kid}.${bytes.subarray(0, length).toString("base64url")}`);
  const odd = [
    "",
    ".",
    "..",
    kid,
    `${kid}.`,
    `.${box}`,
    `${sealed}.`,
    `${sealed}.x`,
    `${kid} ${box}`,
    `${kid}.${box}!`,
    "\0",
    "é.é",
  ];
  for (const attempt of [...flipped, ...cut, ...odd]) expect(await open("session", attempt), attempt).toBeNull();
});

test("a box has one spelling: signs that decode to the same bytes are not the same box", async () => {
  const { seal, open } = sealer([current]);
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (const plain of ["s", "so", "som"]) {
    const sealed = await seal("session", plain);
    const spelled = [...alphabet].map((sign) => `${sealed.slice(0, -1)}${sign}`);
    const opened = await Promise.all(spelled.map((one) => open("session", one)));
    expect(spelled.filter((_, at) => opened[at] === plain)).toEqual([sealed]);
  }
});

test("a blinded value is the same again under the same key, and tells nothing without it", () => {
  const { blind } = sealer([current]);
  expect(blind("network", "10.0.0.1")).toBe(sealer([current, former]).blind("network", "10.0.0.1"));
  expect(blind("network", "10.0.0.1")).not.toBe(blind("address", "10.0.0.1"));
  expect(blind("network", "10.0.0.1")).not.toBe(sealer([former]).blind("network", "10.0.0.1"));
  expect(blind("network", "10.0.0.1")).not.toBe(hashFor("network", "10.0.0.1"));
});

test("a secret is the same as itself, and as nothing that is longer, shorter or else", () => {
  for (const secret of ["", "a", current, "\0", "é"]) {
    expect(isSameSecret(secret, secret)).toBe(true);
    for (const other of [`${secret} `, `${secret}\0`, secret.slice(1) || "b"]) {
      expect(isSameSecret(other, secret)).toBe(false);
    }
  }
});

// Secrets: random tokens, hashes that include their purpose, passwords, and sealed boxes whose key can rotate.
import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** 256 random bits, base64url, 43 characters. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256 over the purpose and the secret, so that a hash kept for one purpose never opens another. */
export function hashFor(purpose: string, secret: string): string {
  return createHash("sha256").update(`anteroom:${purpose}:${secret}`).digest("base64url");
}

const scryptAsync = promisify<string, Buffer, number, { N: number; r: number; p: number }, Buffer>(scrypt);
const cost = { N: 2 ** 14, r: 8, p: 1 };
const keyBytes = 32;
/** What a password is compared with when nobody has that address: the same work, never a match. */
const nobody = `scrypt$14$8$1$${Buffer.alloc(16).toString("base64url")}$${Buffer.alloc(keyBytes).toString("base64url")}`;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await scryptAsync(password.normalize("NFKC"), salt, keyBytes, cost);
  return `scrypt$14$8$1$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

/** Takes the same time whether or not there is a stored hash. */
export async function passwordMatches(password: string, stored: string | null | undefined): Promise<boolean> {
  const [, logN = "", r = "", p = "", salt = "", key = ""] = (stored ?? nobody).split("$");
  const expected = Buffer.from(key, "base64url");
  const actual = await scryptAsync(password.normalize("NFKC"), Buffer.from(salt, "base64url"), expected.length, {
    N: 2 ** Number(logN),
    r: Number(r),
    p: Number(p),
  });
  return timingSafeEqual(actual, expected) && typeof stored === "string";
}

export type Sealer = {
  /** Encrypts and signs (AES-256-GCM) under the newest secret. */
  readonly seal: (purpose: string, plain: string) => Promise<string>;
  /** The plain text, or null for anything this installation did not seal for that purpose. */
  readonly open: (purpose: string, sealed: string) => Promise<string | null>;
};

const ivBytes = 12;
const keyCache = new Map<string, { kid: string; key: Promise<CryptoKey> }>();

function keyOf(secret: string) {
  const known = keyCache.get(secret);
  if (known) return known;
  const bytes = createHash("sha256").update(`anteroom:sealing:${secret}`).digest();
  const made = {
    kid: hashFor("sealing key id", secret).slice(0, 6),
    key: crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]),
  };
  keyCache.set(secret, made);
  return made;
}

/** Seals with the first secret and opens with any of them: put the new one in front to rotate. */
export function sealer(secrets: readonly [string, ...string[]]): Sealer {
  return {
    async seal(purpose, plain) {
      const { kid, key } = keyOf(secrets[0]);
      const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
      const box = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(purpose) },
        await key,
        new TextEncoder().encode(plain),
      );
      return `${kid}.${Buffer.concat([iv, new Uint8Array(box)]).toString("base64url")}`;
    },
    async open(purpose, sealed) {
      const [kid, box = ""] = sealed.split(".");
      const secret = secrets.find((candidate) => keyOf(candidate).kid === kid);
      const bytes = Buffer.from(box, "base64url");
      if (secret === undefined || bytes.length <= ivBytes) return null;
      try {
        const plain = await crypto.subtle.decrypt(
          { name: "AES-GCM", iv: bytes.subarray(0, ivBytes), additionalData: new TextEncoder().encode(purpose) },
          await keyOf(secret).key,
          bytes.subarray(ivBytes),
        );
        return new TextDecoder().decode(plain);
      } catch {
        return null;
      }
    },
  };
}

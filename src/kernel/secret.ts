// Secrets: random tokens, hashes that include their purpose, passwords, and sealed boxes whose key can rotate.
import { createHash, createHmac, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** 256 random bits, base64url, 43 characters. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256 over the purpose and the secret, so that a hash kept for one purpose never opens another. */
export function hashFor(purpose: string, secret: string): string {
  return createHash("sha256").update(`anteroom:${purpose}:${secret}`).digest("base64url");
}

/** In the same time wherever they differ, and whatever their lengths. */
export function isSameSecret(given: string, expected: string): boolean {
  const [one, other] = [given, expected].map((secret) => createHash("sha256").update(secret).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

const scryptAsync = promisify<string, Buffer, number, { N: number; r: number; p: number }, Buffer>(scrypt);
/** 16 MiB a password: what an isolate of 128 MiB bears several of at a time. */
const logN = 14;
const cost = { N: 2 ** logN, r: 8, p: 1 };
const saltBytes = 16;
const keyBytes = 32;
const scheme = `scrypt$${logN}$${cost.r}$${cost.p}`;

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return scryptAsync(password.normalize("NFKC"), salt, keyBytes, cost);
}

/** `scrypt$log2(N)$r$p$salt$key`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const key = await derive(password, salt);
  return `${scheme}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

function readHash(stored: string) {
  if (!stored.startsWith(`${scheme}$`)) return undefined;
  const [salt = "", key = ""] = stored.slice(scheme.length + 1).split("$");
  const known = { salt: Buffer.from(salt, "base64url"), key: Buffer.from(key, "base64url") };
  return known.salt.length === saltBytes && known.key.length === keyBytes ? known : undefined;
}

/** Compared with when there is no stored hash, or none that can be read: the same work, and never a match. */
const nobody = { salt: Buffer.alloc(saltBytes), key: Buffer.alloc(keyBytes) };

/** Takes the same time whether or not there is a stored hash. */
export async function passwordMatches(password: string, stored: string | null | undefined): Promise<boolean> {
  const known = readHash(stored ?? "");
  const { salt, key } = known ?? nobody;
  const isEqual = timingSafeEqual(await derive(password, salt), key);
  return isEqual && known !== undefined;
}

export type Sealer = {
  /** Encrypts and signs (AES-256-GCM) under the newest secret. */
  readonly seal: (purpose: string, plain: string) => Promise<string>;
  /** The plain text, or null for anything this installation did not seal for that purpose. */
  readonly open: (purpose: string, sealed: string) => Promise<string | null>;
  /**
   * A keyed hash, for what could be guessed from a plain one (addresses of people and networks): equal values are
   * equal, and whoever has only the database learns nothing. Changes with the newest secret.
   */
  readonly blind: (purpose: string, value: string) => string;
};

const ivBytes = 12;
const tagBytes = 16;
const sealedShape = /^([\w-]{6})\.([\w-]+)$/;

/** Keys, never promises of keys: a promise made in one request must not be awaited in another. */
const keys = new Map<string, CryptoKey>();
const kids = new Map<string, string>();

/** Which of the secrets it was, said in every sealed box. */
function kidOf(secret: string): string {
  const known = kids.get(secret);
  if (known !== undefined) return known;
  const kid = hashFor("sealing key id", secret).slice(0, 6);
  kids.set(secret, kid);
  return kid;
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const known = keys.get(secret);
  if (known) return known;
  const bytes = createHash("sha256").update(`anteroom:sealing:${secret}`).digest();
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  keys.set(secret, key);
  return key;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Seals with the first secret and opens with any of them: put the new one in front to rotate. */
export function sealer(secrets: readonly [string, ...string[]]): Sealer {
  return {
    async seal(purpose, plain) {
      const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
      const box = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv, additionalData: encoder.encode(purpose) },
        await keyOf(secrets[0]),
        encoder.encode(plain),
      );
      return `${kidOf(secrets[0])}.${Buffer.concat([iv, new Uint8Array(box)]).toString("base64url")}`;
    },
    async open(purpose, sealed) {
      const [, kid, box = ""] = sealedShape.exec(sealed) ?? [];
      const secret = secrets.find((candidate) => kidOf(candidate) === kid);
      const bytes = Buffer.from(box, "base64url");
      // A box has one spelling: base64url leaves bits in its last sign that decoding drops.
      const isWhole = bytes.length >= ivBytes + tagBytes && bytes.toString("base64url") === box;
      if (secret === undefined || !isWhole) return null;
      try {
        const plain = await crypto.subtle.decrypt(
          { name: "AES-GCM", iv: bytes.subarray(0, ivBytes), additionalData: encoder.encode(purpose) },
          await keyOf(secret),
          bytes.subarray(ivBytes),
        );
        return decoder.decode(plain);
      } catch {
        return null;
      }
    },
    blind(purpose, value) {
      return createHmac("sha256", `anteroom:blinding:${secrets[0]}`).update(`${purpose}:${value}`).digest("base64url");
    },
  };
}

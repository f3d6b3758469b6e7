// Which kinds of files are taken, and how each is told by its bytes. Pure.

const mebi = 1_024 * 1_024;

type Kind = {
  readonly mediaType: string;
  readonly extensions: readonly [string, ...string[]];
  readonly bytesMax: number;
};

/** What a file may be. The first extension is the one that is added where a name has none of them. */
const kinds = {
  pdf: { mediaType: "application/pdf", extensions: ["pdf"], bytesMax: 20 * mebi },
  doc: { mediaType: "application/msword", extensions: ["doc"], bytesMax: 20 * mebi },
  docx: {
    mediaType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    extensions: ["docx"],
    bytesMax: 20 * mebi,
  },
  odt: { mediaType: "application/vnd.oasis.opendocument.text", extensions: ["odt"], bytesMax: 20 * mebi },
  rtf: { mediaType: "application/rtf", extensions: ["rtf"], bytesMax: 20 * mebi },
  txt: { mediaType: "text/plain; charset=utf-8", extensions: ["txt"], bytesMax: mebi },
  png: { mediaType: "image/png", extensions: ["png"], bytesMax: 10 * mebi },
  jpeg: { mediaType: "image/jpeg", extensions: ["jpg", "jpeg"], bytesMax: 10 * mebi },
} as const satisfies Readonly<Record<string, Kind>>;
export type FileType = keyof typeof kinds;

export const fileTypes = Object.keys(kinds) as [FileType, ...FileType[]];
export const fileBytesMax = Math.max(...Object.values(kinds).map(({ bytesMax }) => bytesMax));
export const bytesMaxOf = (type: FileType): number => kinds[type].bytesMax;
export const mediaTypeOf = (type: FileType): string => kinds[type].mediaType;

const extensionOf = (name: string) => /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
const hasExtensionOf = (type: FileType, name: string) =>
  (kinds[type].extensions as readonly (string | undefined)[]).includes(extensionOf(name));

/** What a file's name says that it is; undefined where it says nothing. */
export const typeNamed = (name: string): FileType | undefined => fileTypes.find((type) => hasExtensionOf(type, name));

/** What a system takes for a folder, a drive or a wildcard, and what turns the direction in which a name is read. */
const treacherous = /[\p{Cc}/\\:*?"<>|\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A name under which a file of this type can be kept anywhere, and that says no more than what it is: `cv.pdf.exe` ends in `.pdf`. */
export function safeName(type: FileType, given: string): string {
  const name = given
    .toWellFormed()
    .replaceAll(treacherous, " ")
    .replaceAll(/\s+/g, " ")
    .replace(/^[ .]+/, "")
    .replace(/[ .]+$/, "");
  const stem = name === "" ? "document" : name;
  return hasExtensionOf(type, stem) ? stem : `${stem}.${kinds[type].extensions[0]}`;
}

const notInValue = /['()*]/g;
const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** To be kept, never to be shown: both spellings of RFC 6266, the older without anything that ends it or is no ASCII. */
export function attachmentNamed(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name).replaceAll(notInValue, percent)}`;
}

// What the bytes say. Looked at as they come: nothing of a file is held but its beginning and its end.

const headBytes = 128;
/** Holds a zip's directory of more than a thousand entries, and its comment. */
const tailBytes = 192 * 1_024;

type Seen = { readonly head: Buffer; readonly tail: Buffer; readonly bytes: number };

const startsWith = (...signature: readonly (number | string)[]) => {
  const expected = Buffer.concat(
    signature.map((one) => (typeof one === "string" ? Buffer.from(one, "latin1") : Buffer.of(one))),
  );
  return (head: Buffer) => head.subarray(0, expected.length).equals(expected);
};

const isPdf = startsWith("%PDF-");
const isOle = startsWith(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1);
const isZip = startsWith("PK", 3, 4);
const isRtf = startsWith("{\\rtf");
const isPng = startsWith(0x89, "PNG\r\n", 0x1a, 0x0a, 0, 0, 0, 13, "IHDR");
const isJpeg = startsWith(0xff, 0xd8, 0xff);

const mimetypeAt = 30;
const mimetype = Buffer.from(`mimetype${kinds.odt.mediaType}PK`);
/** Its first entry is its type, as it is: https://docs.oasis-open.org/office/OpenDocument/v1.3/OpenDocument-v1.3-part2-packages.html */
const isOdt = (head: Buffer) => isZip(head) && head.subarray(mimetypeAt, mimetypeAt + mimetype.length).equals(mimetype);

const endSignature = 0x06054b50;
const endBytes = 22;
const entrySignature = 0x02014b50;
const entryBytes = 46;

/** Where a zip's directory is said to end. What comes after that is its comment, and nothing after the comment. */
function endOfZip(tail: Buffer): number | null {
  for (let at = tail.length - endBytes; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) === endSignature && at + endBytes + tail.readUInt16LE(at + 20) === tail.length) return at;
  }
  return null;
}

/** The names in a zip's directory, where readers look; null where it has none, is cut, or has something before the zip. */
function namesInZip({ tail, bytes }: Seen): string[] | null {
  const end = endOfZip(tail);
  if (end === null) return null;
  const [count, size, offset] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  let at = end - size;
  if (at < 0 || bytes - tail.length + at !== offset) return null;
  const names: string[] = [];
  while (at + entryBytes <= end && tail.readUInt32LE(at) === entrySignature) {
    const length = tail.readUInt16LE(at + 28);
    names.push(tail.toString("utf8", at + entryBytes, at + entryBytes + length));
    at += entryBytes + length + tail.readUInt16LE(at + 30) + tail.readUInt16LE(at + 32);
  }
  return at === end && names.length === count ? names : null;
}

/** Macros make it another kind of document, and a manifest of this name a program. */
const isForeign = (name: string) => /(?:^|\/)vbaProject\.bin$/i.test(name) || name === "META-INF/MANIFEST.MF";

const zipHolds = (seen: Seen, ...needed: readonly ((name: string) => boolean)[]) => {
  const names = namesInZip(seen);
  return names !== null && !names.some(isForeign) && needed.every((isIt) => names.some(isIt));
};

/** Two kinds in one file: whatever else it is, a zip's reader finds a zip in it. */
const isNoZip = ({ tail }: Seen) => endOfZip(tail) === null;

type Rule = {
  /** Of the first bytes, as soon as there are enough of them. */
  readonly begins: (head: Buffer) => boolean;
  /** Of all of it. */
  readonly ends: (seen: Seen) => boolean;
  /** Stands somewhere in it. */
  readonly holds?: Buffer;
};

const rules: Readonly<Record<FileType, Rule>> = {
  pdf: { begins: isPdf, ends: isNoZip },
  // Spreadsheets, installers and mail have the same container: the name of its stream is what says Word.
  doc: { begins: isOle, ends: isNoZip, holds: Buffer.from("WordDocument", "utf16le") },
  docx: {
    begins: isZip,
    ends: (seen) =>
      zipHolds(
        seen,
        (name) => name === "[Content_Types].xml",
        (name) => name.startsWith("word/"),
      ),
  },
  odt: { begins: isOdt, ends: (seen) => zipHolds(seen, (name) => name === "content.xml") },
  rtf: { begins: isRtf, ends: isNoZip },
  // Any text is one; that it is text, `Look` finds out.
  txt: { begins: () => true, ends: isNoZip },
  png: { begins: isPng, ends: isNoZip },
  jpeg: { begins: isJpeg, ends: isNoZip },
};

export type Look = {
  /** False as soon as it cannot be of its type any more. */
  readonly take: (chunk: Uint8Array) => boolean;
  /** Once everything has been taken: whether it is of its type, and so many bytes. */
  readonly isIt: () => boolean;
  /** Taken so far. */
  readonly bytes: () => number;
};

/** Looks at a file as it comes, in chunks of any size, for whether it is what it is said to be. */
export function lookFor(type: FileType): Look {
  const { begins, ends, holds } = rules[type];
  const text = type === "txt" ? new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }) : null;
  const pieces: Buffer[] = [];
  let [head, before] = [Buffer.alloc(0), Buffer.alloc(0)];
  let [bytes, kept] = [0, 0];
  let [isFound, isWrong] = [holds === undefined, false];

  function isText(chunk: Uint8Array | null): boolean {
    if (text === null) return true;
    try {
      text.decode(chunk ?? undefined, { stream: chunk !== null });
      return chunk === null || !chunk.includes(0);
    } catch {
      return false;
    }
  }

  /** Also where it stands across two chunks. */
  function isIn(chunk: Buffer): boolean {
    if (holds === undefined) return true;
    const joined = Buffer.concat([before, chunk]);
    before = joined.subarray(Math.max(0, joined.length - holds.length + 1));
    return joined.includes(holds);
  }

  function keepTail(chunk: Buffer): void {
    // A copy: what becomes of the chunk is not known here.
    pieces.push(Buffer.from(chunk));
    kept += chunk.length;
    for (let [first] = pieces; first && kept - first.length >= tailBytes; [first] = pieces) {
      pieces.shift();
      kept -= first.length;
    }
  }

  return {
    take(given) {
      const chunk = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
      if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)]);
      isFound ||= isIn(chunk);
      isWrong ||= (head.length === headBytes && !begins(head)) || !isText(chunk);
      bytes += chunk.length;
      keepTail(chunk);
      return !isWrong;
    },
    isIt: () => {
      const tail = Buffer.concat(pieces).subarray(-tailBytes);
      return bytes > 0 && !isWrong && isFound && isText(null) && begins(head) && ends({ head, tail, bytes });
    },
    bytes: () => bytes,
  };
}

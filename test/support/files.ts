// The smallest files of each type that are one, and a writer of zips: what is looked at is what real ones have. Pure.
import type { FileType } from "../../src/kernel/files.ts";

type Entry = { readonly name: string; readonly content?: string };

/** Stored, not deflated; the sums nobody looks at are left out. */
export function zipOf(entries: readonly Entry[], { comment = "", before = "" } = {}): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [Buffer.from(before, "latin1")];
  const directory: Buffer[] = [];
  const lengthOf = (buffers: readonly Buffer[]) => buffers.reduce((sum, { length }) => sum + length, 0);
  for (const { name, content = "" } of entries) {
    const offset = lengthOf(parts) - before.length;
    const [path, data] = [Buffer.from(name), Buffer.from(content)];
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt32LE(data.length, 18);
    local.writeUInt32LE(data.length, 22);
    local.writeUInt16LE(path.length, 26);
    parts.push(local, path, data);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(data.length, 24);
    entry.writeUInt16LE(path.length, 28);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, path);
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(lengthOf(directory), 12);
  end.writeUInt32LE(lengthOf(parts) - before.length, 16);
  end.writeUInt16LE(Buffer.byteLength(comment), 20);
  return new Uint8Array(Buffer.concat([...parts, ...directory, end, Buffer.from(comment)]));
}

const docxNames = ["_rels/.rels", "word/document.xml", "word/styles.xml", "[Content_Types].xml"];
const odtType = "application/vnd.oasis.opendocument.text";

const bytes = (...parts: readonly (string | readonly number[])[]) =>
  new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part)))),
  );

const filler = "What they did and where. ".repeat(40);

const oleSignature = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
export const oleHolding = (stream: string) => bytes(oleSignature, filler, [...Buffer.from(stream, "utf16le")], filler);

const files: Readonly<Record<FileType, () => Uint8Array<ArrayBuffer>>> = {
  pdf: () => bytes("%PDF-1.7\n", filler, "\n%%EOF\n"),
  doc: () => oleHolding("WordDocument"),
  docx: () => zipOf(docxNames.map((name) => ({ name, content: filler }))),
  odt: () =>
    zipOf([
      { name: "mimetype", content: odtType },
      { name: "content.xml", content: filler },
    ]),
  rtf: () => bytes("{\\rtf1\\ansi ", filler, "}"),
  txt: () => bytes("Çağla Åkesson, 東京. ", filler),
  png: () => bytes([0x89], "PNG\r\n", [0x1a, 0x0a, 0, 0, 0, 13], "IHDR", filler),
  jpeg: () => bytes([0xff, 0xd8, 0xff, 0xe0], filler, [0xff, 0xd9]),
};

/** A small file of this type. */
export const fileOf = (type: FileType) => files[type]();

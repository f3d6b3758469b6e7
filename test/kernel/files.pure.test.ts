import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attachmentNamed, type FileType, fileTypes, lookFor, safeName, typeNamed } from "../../src/kernel/files.ts";
import { fileOf, oleHolding, zipOf } from "../support/files.ts";

const type = fc.constantFrom(...fileTypes);
const buffer = (...parts: readonly (string | Uint8Array)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));

/** What a look comes to when the bytes come in chunks that end at these places, of however many. */
function isIt(as: FileType, bytes: Uint8Array, cuts: readonly number[] = []): boolean {
  const look = lookFor(as);
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length].sort((one, other) => one - other);
  for (const [nth, place] of places.slice(1).entries()) look.take(bytes.subarray(places[nth], place));
  expect(look.bytes()).toBe(bytes.length);
  return look.isIt();
}

const cuts = fc.array(fc.nat(), { maxLength: 12 });
const wordNames = ["[Content_Types].xml", "word/document.xml"];
const zipNamed = (...names: readonly string[]) => zipOf(names.map((name) => ({ name, content: "x".repeat(200) })));

describe("a file", () => {
  test("of a type is told for what it is, and for nothing else but text that happens to be text", () => {
    const taken = (of: FileType) => fileTypes.filter((as) => isIt(as, fileOf(of)));
    expect(Object.fromEntries(fileTypes.map((of) => [of, taken(of)]))).toEqual({
      ...Object.fromEntries(fileTypes.map((of) => [of, [of]])),
      // Written in signs that are text.
      ...{ pdf: ["pdf", "txt"], rtf: ["rtf", "txt"] },
    });
  });

  test("is told the same however its bytes are cut, also where what tells it lies across two chunks", () => {
    fc.assert(
      fc.property(type, type, cuts, (of, as, places) => {
        expect(isIt(as, fileOf(of), places)).toBe(isIt(as, fileOf(of)));
      }),
      { numRuns: 500 },
    );
    const places = Array.from({ length: fileOf("doc").length }, (_, at) => at);
    expect(isIt("doc", fileOf("doc"), places)).toBe(true);
  });

  test("that is anything at all is none of those that begin with a sign of their own", () => {
    const signed = fileTypes.filter((one) => one !== "txt");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), cuts, (bytes, places) => {
        for (const as of signed) expect(isIt(as, bytes, places)).toBe(false);
      }),
    );
  });

  test("is not told any more once its beginning is another's, whatever comes after it", () => {
    fc.assert(
      fc.property(type, fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 60 }), (of, before) => {
        fc.pre(of !== "txt");
        expect(isIt(of, buffer(before, fileOf(of)))).toBe(false);
      }),
    );
  });

  test("that is empty is none", () => {
    for (const as of fileTypes) expect(isIt(as, Buffer.alloc(0))).toBe(false);
  });

  test("is told from its end as well when it is large, and what it holds from its middle", () => {
    const middle = "-".repeat(300_000);
    expect(isIt("doc", buffer(oleHolding("x"), middle, fileOf("doc").subarray(8), middle))).toBe(true);
    expect(
      isIt("docx", zipOf([{ name: "word/media/image1.png", content: middle }, ...wordNames.map((name) => ({ name }))])),
    ).toBe(true);
  });
});

describe("what is refused", () => {
  const exe = buffer("MZ", "\u0090".repeat(400));
  test.each<readonly [string, FileType, Uint8Array]>([
    ["a program that was renamed", "pdf", exe],
    ["a program that was renamed", "docx", exe],
    ["a program that was renamed", "txt", exe],
    ["a page", "pdf", buffer("<!doctype html><script>alert(1)</script>", "-".repeat(200))],
    ["a zip of anything", "docx", zipNamed("run.exe")],
    ["a spreadsheet", "docx", zipNamed("[Content_Types].xml", "xl/workbook.xml")],
    ["an archive for Java that has a document's entries too", "docx", zipNamed(...wordNames, "META-INF/MANIFEST.MF")],
    ["a document with macros", "docx", zipNamed(...wordNames, "word/vbaProject.bin")],
    [
      "a program that unpacks itself",
      "docx",
      zipOf(
        wordNames.map((name) => ({ name })),
        { before: "MZ-stub-" },
      ),
    ],
    ["a zip whose directory was cut off", "docx", fileOf("docx").subarray(0, -30)],
    ["a zip with something behind it", "docx", buffer(fileOf("docx"), "#!/bin/sh")],
    [
      "an OpenDocument spreadsheet",
      "odt",
      buffer(Buffer.from(fileOf("odt")).toString("latin1").replace(".text", ".calc")),
    ],
    [
      "a template",
      "odt",
      zipOf([
        { name: "mimetype", content: "application/vnd.oasis.opendocument.text-template" },
        { name: "content.xml" },
      ]),
    ],
    ["a document of another kind by its container", "odt", fileOf("docx")],
    ["an installer", "doc", oleHolding("MsiPatchSequence")],
    ["a PDF that is a zip too", "pdf", buffer(fileOf("pdf"), zipNamed("run.exe"))],
    ["a picture that is a zip too", "png", buffer(fileOf("png"), zipNamed("run.exe"))],
    [
      "a picture with a comment of a zip's",
      "jpeg",
      buffer(fileOf("jpeg"), zipOf([{ name: "a" }], { comment: "\u00ff\u00d9" })),
    ],
    ["text with a NUL in it", "txt", buffer("text\u0000")],
    ["text in another encoding", "txt", buffer("caf\u00e9 au lait")],
    ["text that ends within a sign", "txt", Buffer.from("東").subarray(0, 2)],
  ])("%s, as %s", (_, as, bytes) => {
    expect(isIt(as, bytes)).toBe(false);
  });

  test("saboteur: a look at the first bytes alone takes a zip of anything for a document", () => {
    const firstBytes = (bytes: Uint8Array) => Buffer.from(bytes).subarray(0, 2).toString() === "PK";
    expect([firstBytes(zipNamed("run.exe")), isIt("docx", zipNamed("run.exe"))]).toEqual([true, false]);
  });
});

describe("text", () => {
  test("is whatever is well-formed, in any script, without a NUL", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 }), cuts, (text, places) => {
        fc.pre(!text.includes("\u0000"));
        expect(isIt("txt", Buffer.from(text), places)).toBe(true);
      }),
    );
  });
});

describe("a name", () => {
  const anyName = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(..."./\\ \u202e\r\n\"';%:a"), maxLength: 20 }),
    fc.constantFrom(
      "../../etc/passwd",
      "cv.pdf.exe",
      "CON",
      "cv\u202efdp.exe",
      'a".pdf\r\nset-cookie: a=b',
      "é’s CV (1)*.PDF",
      "",
    ),
  );

  test("is safe to keep a file under, says what it is, and stays as it is when it is", () => {
    fc.assert(
      fc.property(type, anyName, (of, given) => {
        const name = safeName(of, given);
        expect(name).not.toMatch(/[\p{Cc}/\\:*?"<>|\u202a-\u202e\u2066-\u2069]|^[. ]|[. ]$/u);
        expect(typeNamed(name)).toBe(of);
        expect(safeName(of, name)).toBe(name);
      }),
      { numRuns: 1_000 },
    );
    expect(safeName("pdf", "Çağla’s CV (final).PDF")).toBe("Çağla’s CV (final).PDF");
    expect(safeName("pdf", "cv.pdf.exe")).toBe("cv.pdf.exe.pdf");
    expect(safeName("jpeg", "..\\..\\photo.jpeg")).toBe("photo.jpeg");
    expect(safeName("txt", " ... ")).toBe("document.txt");
  });

  test("ends no header, and comes back out of it as it went in", () => {
    fc.assert(
      fc.property(type, anyName, (of, given) => {
        const name = safeName(of, given);
        const header = attachmentNamed(name);
        expect(header).toMatch(/^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''[\w.!~%&+^`|$#-]*$/);
        expect(header.split('"')).toHaveLength(3);
        expect(decodeURIComponent(header.split("UTF-8''").at(-1) ?? "")).toBe(name);
      }),
      { numRuns: 1_000 },
    );
  });
});

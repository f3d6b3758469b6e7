import fc from "fast-check";
import { expect, test } from "vitest";
import { patternOf } from "../../db/search.ts";
import { folded } from "../../src/kernel/fold.ts";

test.each([
  ["Åsa ÖBERG", "åsa öberg"],
  ["A\u030asa", "åsa"],
  ["Иванова", "ИВАНОВА"],
  ["İpek", "ipek"],
  ["İPEK", "i\u0307pek"],
  ["Işıl", "IŞIL"],
  ["Işıl", "işil"],
  ["ΟΔΥΣΣΕΥΣ", "Οδυσσευς"],
  ["O\u2019Brien", "O'Brien"],
  ["Anne\u2011Marie", "Anne-Marie"],
])("%s and %s are the same to whoever looks for one of them", (one, other) => {
  expect(folded(one)).toBe(folded(other));
});

test.each([
  ["Zoë", "zoe"],
  ["Inês Gonçalves", "ines goncalves"],
  ["Łukasz Żółć", "lukasz zolc"],
  ["Søren", "soren"],
  ["Đỗ Thị", "do thi"],
  ["Şule", "Sule"],
  ["Ёлкин", "Елкин"],
  ["Γιώργος", "Γιωργος"],
])("%s is found by %s, as it is typed where no key has the marks", (one, other) => {
  expect(folded(one)).toBe(folded(other));
});

test.each([
  ["Ana", "Anna"],
  ["Müller", "Mueller"],
  ["かき", "がき"],
  ["각", "가"],
])("%s and %s are two names", (one, other) => {
  expect(folded(one)).not.toBe(folded(other));
});

const text = fc.string({ unit: "binary" }).map((given) => given.normalize("NFC"));

test("what is folded stays as it is when folded again, is no longer than it was, and holds its folded parts", () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(folded(folded(one))).toBe(folded(one));
      expect(folded(one).length).toBeLessThanOrEqual(one.length);
      expect(folded(`${one} ${other}`)).toContain(folded(other));
    }),
  );
});

test("the wildcards of LIKE are looked for as the letters they are", () => {
  expect(patternOf("100%_\\Å")).toBe("%100\\%\\_\\\\a%");
});

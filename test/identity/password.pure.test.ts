import { expect, test } from "vitest";
import { mustBeStrong } from "../../src/identity/policy.ts";
import { Refused } from "../../src/kernel/errors.ts";

const email = "ada.lovelace@analytical.example";

function isRefused(password: string): boolean {
  try {
    mustBeStrong(password, email);
    return false;
  } catch (error) {
    return error instanceof Refused && error.reason === "weak_password";
  }
}

const guessedFirst = [
  ..."passwordpassword Password123! P@ssw0rd2026 p4$$w0rd!!! MyPassword1 password1234567890 1234567890 0987654321".split(
    " ",
  ),
  ..."qwertyuiop QWERTYuiop123 asdfghjkl123 1q2w3e4r5t 1qaz2wsx3edc qwertyqwerty zxcvbnm12345 abcdefghij".split(" "),
  ..."aaaaaaaaaaaa abababababab 111222333444 iloveyou2026 letmein12345 welcome2026! admin123456 changeme123".split(" "),
  ..."ada.lovelace1 ada.lovelace@analytical.example analytical2026 Lösenord12345 wachtwoord2026 anteroom2026".split(
    " ",
  ),
];

test.each(guessedFirst)("%s is guessed first, and refused", (password) => {
  expect(isRefused(password)).toBe(true);
});

const fine = [
  "seven wild geese over water",
  "passwords are made of words",
  "correct horse battery staple",
  "kTz7-Qwv9.Rmx2",
  "8301 4472 9916 0357",
  "сорок тысяч обезьян",
  "長い合言葉は覚えやすいです",
];

test.each(fine)("%s is taken", (password) => {
  expect(isRefused(password)).toBe(false);
});

// Where each promise of the README is shown: the files, and the titles of the tests as they stand there, with … for a number
// that is put into one. Pure.

export type Shown = { readonly file: string; readonly titles: readonly string[] };
export type Promised = {
  readonly says: string;
  readonly shownBy: readonly Shown[];
  /** A deliberate fault, in test code only, that the check of this promise is shown to catch. */
  readonly saboteurs: readonly Shown[];
};

export const shown = (file: string, ...titles: string[]): Shown => ({ file, titles });

export const promises: Readonly<Record<number, Promised>> = {
  1: {
    says: "A step happens once or not at all.",
    shownBy: [
      shown(
        "interview/races.test.ts",
        "%s: one winner, one event, its letter once, everybody else refused",
        "expire: one event and one letter, and every alarm is content",
        "all at once: one of the two happened, once, with its letters and not the other's",
      ),
      shown(
        "deadline/deadline.test.ts",
        "expires and is told of in one write: where the letter cannot be written nobody has expired",
      ),
      shown(
        "placement/races.test.ts",
        "one of them does, each round, and the others are told that it has moved on",
        "a stage that is left out while somebody is moved into it: it goes, or they stand in it",
      ),
      shown(
        "meeting/races.test.ts",
        "of one interviewer: one has it, and everybody else is warned of that very meeting",
        "one of them does, each round, and the others are told that it has moved on",
      ),
      shown("slot/races.test.ts", "one has it, 49 are told slot_taken: one meeting, two letters, one pick"),
      shown(
        "feedback/ratings.test.ts",
        "30 interviewers of two meetings give, change and remove theirs, and it comes to what the rows say",
      ),
      shown("identity/links.test.ts", "a hundred parallel uses of one sign-in link make exactly one session"),
      shown("record/record.test.ts", "of fifty who hire at once one does, and it happened once"),
      shown("document/coming.test.ts", "twenty times at once is kept once, and of the others nothing stays"),
      shown(
        "importing/work.test.ts",
        "is done once for each row, whoever is cut off in the middle of it and however many go on with it",
      ),
      shown(
        "walks/atomic.test.ts",
        "promise 1: when a write fails at its very end, nothing of the call is left, and it may be made again",
      ),
    ],
    saboteurs: [
      shown(
        "interview/races.test.ts",
        "saboteur: a step that reads first and then writes without a guard has many winners, and the check says so",
      ),
      shown("identity/links.test.ts", "the count of sessions catches a saboteur who looks first and spends later"),
      shown(
        "slot/races.test.ts",
        "saboteur: picks that look first and write without a guard make many meetings of it, and the count says so",
      ),
      shown("placement/races.test.ts", "saboteur: a move without a guard has many winners, and the count says so"),
      shown(
        "meeting/races.test.ts",
        "saboteur: a write that does not say that nobody overlaps has many winners, and the count says so",
      ),
      shown(
        "feedback/ratings.test.ts",
        "saboteur: who works it out before they write ends with what the rows do not say, and the comparison says so",
      ),
      shown(
        "record/record.test.ts",
        "saboteur: whoever looks first and writes without a guard hires as often as they are asked",
      ),
      shown(
        "document/coming.test.ts",
        "saboteur: a row written without its guard keeps each in turn, and the count says so",
      ),
      shown("importing/work.test.ts", "saboteur: work that does not say how far it has come is done twice, and found"),
      shown("walks/atomic.test.ts", "saboteur: a step in two writes leaves half of itself, and is caught"),
    ],
  },
  2: {
    says: "A letter or callback that was promised is delivered or visibly failed.",
    shownBy: [
      shown(
        "letter/outbox.test.ts",
        "deliver each letter exactly once",
        "a drainer that dies holds its letters only until its lease ends, and the id stays",
        "goes again under the same id when the answer was lost on its way",
        "says so when the secret its link was sealed with is gone",
        "can be sent again once they have failed, by that organization alone",
      ),
      shown("bounce/webhook.test.ts", "shows that it came back, and of what"),
      shown(
        "bounce/dead-address.test.ts",
        "deliveries, bounces, complaints and a correction end in the same state",
        "the same webhook twenty times is one mark and one letter",
        "not again, not of another interview, and not what was waiting",
      ),
      shown("letter/policy.pure.test.ts", "is waiting for as long as there are tries left, and then a visible failure"),
      shown(
        "timer/reminders.test.ts",
        "is withdrawn once they have begun, or the deadline has passed or is another, though by a millisecond",
        "goes out while what it says is so, whatever else has happened",
        "is tried by day only, however often Postmark does not take it",
      ),
      shown(
        "record/record.test.ts",
        "is withdrawn when they are reopened, at once; rejected again they get the letter of that rejection",
        "is not sent where it is of another rejection than the last, whatever it says of itself",
      ),
      shown(
        "meeting-notice/letters.test.ts",
        "that were not sent before the meeting changed are not sent any more; that it is canceled is, in any case",
        "fail where it can be seen when nobody could be reached until the meeting was over",
        "goes out at its hour and not a millisecond before, by the outbox's own alarm, once to everybody who takes part",
        "of a moved meeting is never for the old time, also where one is written after the move",
        "of a canceled meeting is never sent, also where one is written after that",
      ),
    ],
    saboteurs: [
      shown("letter/outbox.test.ts", "would send twice if a lease ended as soon as it was taken (saboteur)"),
      shown(
        "timer/reminders.test.ts",
        "saboteur: a letter that may go at any hour is tried by night, and the same look finds it",
      ),
      shown(
        "meeting-notice/letters.test.ts",
        "saboteur: where the claim does not look at the meeting's sequence, the same check finds the old time told",
        "saboteur: where the claim does not ask whether it is canceled, the same check finds it told",
      ),
      shown(
        "bounce/dead-address.test.ts",
        "saboteur: one $name is caught by the same check",
        "saboteur: whoever looks first and writes without a guard tells as often as they are told, and the count says so",
      ),
    ],
  },
  3: {
    says: "No call can read or change another organization's data, and not yours looks like not there.",
    shownBy: [
      shown(
        "walks/cross-organization.test.ts",
        "promise 3: somebody else's id is answered like one that nobody has, and changes nothing",
        "promise 3: a batch opens no way around",
        "promise 3: no answer holds a word of another organization",
        "one person in both organizations sees in each only what is its own",
      ),
      shown(
        "walks/leaks.test.ts",
        "promise 3: no answer holds a word that another organization was told by any procedure",
      ),
      shown(
        "walks/authorization.test.ts",
        "every procedure answers every kind of caller as written, and refuses in a batch as it does alone",
      ),
    ],
    saboteurs: [
      shown(
        "walks/cross-organization.test.ts",
        "a read without its organization is caught, by its answer and by the words in it",
        "a write without its organization is caught by the rows it changed",
      ),
    ],
  },
  4: {
    says: "A link opened by a machine changes nothing.",
    shownBy: [
      shown(
        "identity/links.test.ts",
        "opening a link, by whatever and however often, changes nothing at all",
        "whatever a mail scanner does to an invitation's link, the person gets in and nothing has been decided for them",
        "a sign-in link lives for ten minutes and not a millisecond longer",
        "no secret stands anywhere in the database, spent or not",
        "a letter leads a member to their organization's own frontend, and only there",
      ),
      shown(
        "regression/led-to-strangers.test.ts",
        "no letter leads somebody to the frontend of an organization they have nothing to do with",
        "a letter to set a user's password leads to the installation's own frontend, wherever it was asked for",
      ),
      shown(
        "identity/scanners.test.ts",
        "what asks for something before its button does anything survives whatever buttons machines have pressed",
      ),
      shown(
        "kernel/destination.pure.test.ts",
        "no hostile value leaves the allowed origins, however often it is decoded, and none changes when written again",
        "nothing that can be made up leaves the allowed origins",
      ),
    ],
    saboteurs: [
      shown("identity/links.test.ts", "the count of sessions catches a saboteur who looks first and spends later"),
      shown("regression/led-to-strangers.test.ts", "saboteur: letters that go to whoever is known are caught"),
    ],
  },
  5: {
    says: "Nobody is told that an e-mail address is known.",
    shownBy: [
      shown(
        "identity/limits.test.ts",
        "%s does and says the same for a known and an unknown address",
        "%s takes as long for an unknown address as for a known one, within noise",
      ),
      shown("invite/invite.test.ts", "it tells the same whether or not the address has an account"),
    ],
    saboteurs: [
      shown(
        "identity/limits.test.ts",
        "the comparison catches a saboteur who works only for those who are known",
        "the clock catches a saboteur who hashes only the passwords of those who are known",
      ),
    ],
  },
  6: {
    says: "Every refusal is typed.",
    shownBy: [
      shown(
        "walks/junk.test.ts",
        "junk anywhere in a right input is answered with a typed refusal",
        "text that is no input at all is answered with a typed refusal",
        "a cursor that was tampered with is bad input",
      ),
      shown("walks/promises.pure.test.ts", "promise 6: every reason has a code and a sentence a person understands"),
    ],
    saboteurs: [
      shown(
        "walks/junk.test.ts",
        "an internal error, an unreachable database and a leak of SQL are each a fault",
        "saboteur: %s is named",
      ),
    ],
  },
  7: {
    says: "Any instant leaves the API as an instant with a zone; letters show it in the reader's zone and language.",
    shownBy: [
      shown(
        "walks/atomic.test.ts",
        "promise 7: every instant in an answer is an instant with a zone, and arrives as a Date",
      ),
      shown(
        "stationery/render.pure.test.ts",
        "an instant is told in the reader's zone, and the zone is named",
        "a meeting's own zone stands beside the reader's where it is another",
      ),
      shown(
        "calendar/calendar.pure.test.ts",
        "has every clock of the world be right at every instant around the meeting, as an independent reader has it",
        "on both sides of each change of each zone in two years, to the second",
      ),
    ],
    saboteurs: [
      shown(
        "walks/atomic.test.ts",
        "answers with instants were among those looked at, and one that is only text is caught",
      ),
    ],
  },
  8: {
    says: "Reads cost one database round trip including authorization; writes at most two.",
    shownBy: [
      shown(
        "walks/round-trips.test.ts",
        "promise 8: a call that goes well costs one trip to read, at most two to write",
        "promise 8: a refused call costs no more, and none at all when nobody is signed in",
        "what $path says it costs is what goes over the wire",
      ),
    ],
    saboteurs: [shown("walks/round-trips.test.ts", "a second trip is seen by both counts")],
  },
  9: {
    says: "Lateness is zero even if every alarm is lost.",
    shownBy: [
      shown(
        "deadline/lateness.test.ts",
        "with every alarm and sweep lost",
        "so it is at any distance from the end",
        "everybody reads what is true before anything is written, and looking has it written down",
      ),
      shown(
        "deadline/virtual-clock.test.ts",
        "at ten thousand random instants at which time is up, with every alarm lost, none is violated by a millisecond",
        "and so it is when the decision was made from what is not so any more: the write asks for the time itself",
      ),
      shown(
        "interview/races.test.ts",
        "expired at the deadline stays expired, though the finish had been decided before and was written after",
      ),
    ],
    saboteurs: [
      shown(
        "deadline/lateness.test.ts",
        "saboteur: a step whose write does not ask for the time is taken late, and the check says so",
      ),
      shown(
        "deadline/virtual-clock.test.ts",
        "saboteur: %s by a clock two milliseconds slow, or by a write that does not ask for the time, is found",
      ),
    ],
  },
};

// The role templates that ship with Anteroom: everybody has them, and a role made from one keeps what it was made with. Pure.
import type { Language } from "../kernel/shapes.ts";
import type { Question, Questionnaire } from "../questionnaire/contract.ts";
import type { RoleTemplateInFull } from "../role-template/contract.ts";

const languages = ["en", "de", "es", "fr"] as const satisfies readonly Language[];

type Told = Record<(typeof languages)[number], string>;

function told(en: string, de: string, es: string, fr: string): Told {
  return { en, de, es, fr };
}

type Asked = Pick<Question, "key"> & { readonly prompt: Told; readonly help?: Told; readonly isRequired?: boolean };

function plainly({ help = undefined, isRequired = true, ...asked }: Asked) {
  return { ...asked, help: help ?? null, isRequired, showIf: null };
}

const againstExpectation = [
  told(
    "Far below what was expected",
    "Weit unter den Erwartungen",
    "Muy por debajo de lo esperado",
    "Bien en dessous des attentes",
  ),
  told("Below", "Darunter", "Por debajo", "En dessous"),
  told("As expected", "Wie erwartet", "Como se esperaba", "Conforme aux attentes"),
  told("Above", "Darüber", "Por encima", "Au-dessus"),
  told(
    "Far above what was expected",
    "Weit über den Erwartungen",
    "Muy por encima de lo esperado",
    "Bien au-dessus des attentes",
  ),
];

function rated(key: string, prompt: Told): Question {
  return { ...plainly({ key, prompt }), kind: "rating", scale: againstExpectation };
}

function written(key: string, prompt: Told, isRequired = true): Question {
  return { ...plainly({ key, prompt, isRequired }), kind: "text", length: "long" };
}

const acquaintance: readonly Question[] = [
  {
    ...plainly({
      key: "worked_together",
      prompt: told(
        "From when to when did you work together?",
        "Von wann bis wann haben Sie zusammengearbeitet?",
        "¿Desde cuándo y hasta cuándo trabajaron juntos?",
        "De quand à quand avez-vous travaillé ensemble ?",
      ),
      help: told(
        "The months are enough. Leave the end open if you still do.",
        "Die Monate genügen. Lassen Sie das Ende offen, wenn es noch so ist.",
        "Bastan los meses. Deje el final abierto si todavía es así.",
        "Les mois suffisent. Laissez la fin ouverte si c'est encore le cas.",
      ),
    }),
    kind: "date_range",
  },
  {
    ...plainly({
      key: "relationship",
      prompt: told(
        "What were you to them?",
        "In welchem Verhältnis standen Sie?",
        "¿Qué relación tenían?",
        "Quel était votre lien ?",
      ),
    }),
    kind: "choice",
    multiple: false,
    options: [
      {
        key: "manager",
        label: told("I led them", "Ich habe sie geführt", "Yo dirigía su trabajo", "Je les encadrais"),
      },
      {
        key: "colleague",
        label: told(
          "We worked side by side",
          "Wir haben nebeneinander gearbeitet",
          "Trabajábamos codo con codo",
          "Nous travaillions côte à côte",
        ),
      },
      {
        key: "report",
        label: told("They led me", "Ich wurde von ihnen geführt", "Dirigían mi trabajo", "Ils m'encadraient"),
      },
      {
        key: "client",
        label: told(
          "They worked for me as a client",
          "Sie haben für mich als Kunden gearbeitet",
          "Trabajaban para mí como cliente",
          "Ils travaillaient pour moi comme client",
        ),
      },
      { key: "other", label: told("Something else", "Etwas anderes", "Otra cosa", "Autre chose") },
    ],
  },
];

const work: readonly Question[] = [
  rated(
    "quality",
    told(
      "How good was their work?",
      "Wie gut war die Arbeit?",
      "¿Qué calidad tenía su trabajo?",
      "Quelle était la qualité du travail ?",
    ),
  ),
  rated(
    "reliability",
    told(
      "How far could you rely on what was agreed?",
      "Wie sehr war auf Absprachen Verlass?",
      "¿Hasta qué punto cumplía lo acordado?",
      "Dans quelle mesure pouvait-on compter sur ce qui était convenu ?",
    ),
  ),
  rated(
    "teamwork",
    told(
      "How was it to work together?",
      "Wie war die Zusammenarbeit?",
      "¿Cómo era trabajar juntos?",
      "Comment se passait le travail ensemble ?",
    ),
  ),
  rated(
    "communication",
    told(
      "How clearly did they listen and explain?",
      "Wie klar waren Zuhören und Erklären?",
      "¿Con qué claridad escuchaba y explicaba?",
      "Avec quelle clarté savait-on écouter et expliquer ?",
    ),
  ),
];

const leading: readonly Question[] = [
  rated(
    "direction",
    told(
      "How clear was the direction they gave?",
      "Wie klar war die Richtung, die vorgegeben wurde?",
      "¿Qué tan clara era la dirección que daba?",
      "Quelle était la clarté du cap donné ?",
    ),
  ),
  rated(
    "decisions",
    told(
      "How good were their decisions?",
      "Wie gut waren die Entscheidungen?",
      "¿Qué tan buenas eran sus decisiones?",
      "Quelle était la qualité des décisions ?",
    ),
  ),
  rated(
    "growing_others",
    told(
      "How much did others grow with them?",
      "Wie sehr sind andere dabei gewachsen?",
      "¿Cuánto crecieron los demás con esta persona?",
      "Dans quelle mesure les autres ont-ils progressé ?",
    ),
  ),
];

const serving: readonly Question[] = [
  rated(
    "understanding",
    told(
      "How well did they understand what you needed?",
      "Wie gut wurde verstanden, was Sie brauchten?",
      "¿Qué tan bien entendía lo que usted necesitaba?",
      "Dans quelle mesure vos besoins étaient-ils compris ?",
    ),
  ),
  rated(
    "promises_kept",
    told(
      "How well were promises kept?",
      "Wie gut wurden Zusagen gehalten?",
      "¿Qué tan bien cumplía lo prometido?",
      "Dans quelle mesure les promesses étaient-elles tenues ?",
    ),
  ),
];

const closing: readonly Question[] = [
  written(
    "strengths",
    told(
      "What do they do especially well?",
      "Was gelingt besonders gut?",
      "¿Qué hace especialmente bien?",
      "Qu'est-ce qui est particulièrement réussi ?",
    ),
  ),
  written(
    "support",
    told(
      "Where would support help most?",
      "Wo würde Unterstützung am meisten helfen?",
      "¿Dónde ayudaría más un apoyo?",
      "Où un soutien aiderait-il le plus ?",
    ),
  ),
  {
    ...plainly({
      key: "again",
      prompt: told(
        "Would you work with them again?",
        "Würden Sie wieder zusammenarbeiten?",
        "¿Volvería a trabajar con esta persona?",
        "Retravailleriez-vous ensemble ?",
      ),
    }),
    kind: "rehire",
  },
  {
    ...written(
      "again_why",
      told(
        "Why not, or why not without reservations?",
        "Warum nicht, oder nicht ohne Vorbehalt?",
        "¿Por qué no, o con qué reservas?",
        "Pourquoi pas, ou avec quelles réserves ?",
      ),
    ),
    showIf: { key: "again", matches: { kind: "rehire", anyOf: ["no", "with_reservations"] } },
  },
  written(
    "else",
    told(
      "Is there anything else we should know?",
      "Gibt es noch etwas, das wir wissen sollten?",
      "¿Hay algo más que debamos saber?",
      "Y a-t-il autre chose que nous devrions savoir ?",
    ),
    false,
  ),
];

function asking(...parts: readonly (readonly Question[])[]): Questionnaire {
  return { languages: [...languages], questions: [...acquaintance, ...parts.flat(), ...closing] };
}

const terms = {
  referencesRequired: 2,
  referencesOptional: 2,
  relationships: [],
  periodMonths: null,
  completeWithinDays: 14,
  answersShared: false,
  isBuiltIn: true,
  createdAt: null,
};

/** Their ids stay what they are for as long as there is Anteroom. */
export const builtInTemplates: readonly RoleTemplateInFull[] = [
  { ...terms, id: "rtp_00000000000000000000000000000001", title: "Any role", questionnaire: asking(work) },
  {
    ...terms,
    id: "rtp_00000000000000000000000000000002",
    title: "Leading others",
    referencesRequired: 3,
    relationships: ["manager", "colleague", "report"],
    periodMonths: 60,
    questionnaire: asking(work, leading),
  },
  {
    ...terms,
    id: "rtp_00000000000000000000000000000003",
    title: "Working for clients",
    relationships: ["manager", "colleague", "client"],
    periodMonths: 36,
    questionnaire: asking(work, serving),
  },
];

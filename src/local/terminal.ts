// What a person at the terminal chose: the port, and where the data of this checkout is kept.
import { root, Trouble } from "./process.ts";

const defaultPort = 8_787;

export const dataFolder = `${root}.anteroom`;

export function chosenPort(): number {
  const port = Number(process.env.PORT || defaultPort);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Trouble(`PORT must be a number from 1 to 65535, and is "${process.env.PORT}".`);
}

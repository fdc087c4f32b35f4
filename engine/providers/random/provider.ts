import { bridgedProvider } from "../bridge/provider";
import type { ResourceProvider } from "../provider";
import { randomBytesResource, randomId } from "./bytes";
import { randomInteger } from "./integer";
import { randomPet } from "./pet";
import { randomShuffle } from "./shuffle";
import { randomPassword, randomString } from "./string";
import { randomUuid, randomUuid4, randomUuid7 } from "./uuid";

/** The `random` provider, drawing from the operating system's cryptographic generator. */
export function randomProvider(): ResourceProvider {
  return bridgedProvider({
    name: "random",
    version: "4.21.2",
    resources: [
      randomBytesResource,
      randomId,
      randomInteger,
      randomPassword,
      randomPet,
      randomShuffle,
      randomString,
      randomUuid,
      randomUuid4,
      randomUuid7,
    ],
    functions: {},
    settings: [],
  });
}

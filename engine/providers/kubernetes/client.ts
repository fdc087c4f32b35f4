import { isMap, withoutSecrets } from "../../property/shape";
import { Unknown } from "../../property/value";
import type { PropertyMap, PropertyValue } from "../../property/value";

/** How an API server is asked. */
export interface ClientSettings {
  /** Requests a second, and at once after a rest. */
  readonly qps: number;
  readonly burst: number;
  /** Seconds that one answer may take; 0 for no limit. */
  readonly timeout: number;
}

/** What pulumi-kubernetes 4.34.2 asks at most where nobody says otherwise. */
const usual: ClientSettings = { qps: 50, burst: 120, timeout: 0 };

const keys = ["qps", "burst", "timeout"] as const;
type Environment = Readonly<Record<string, string | undefined>>;

/** Reads `kubeClientSettings`, a map or its JSON; what it leaves out comes from `PULUMI_K8S_CLIENT_QPS` and so on. */
export function readClientSettings(value: PropertyValue | undefined, environment: Environment): ClientSettings {
  const given = givenSettings(value) ?? {};
  const [qps, burst, timeout] = keys.map((key) => {
    const asked = given[key] ?? environment[`PULUMI_K8S_CLIENT_${key.toUpperCase()}`];
    return asked === undefined || asked === "" || asked === null ? usual[key] : Number(asked);
  }) as [number, number, number];
  return { qps, burst, timeout };
}

/** What is wrong with `kubeClientSettings`; undefined if nothing is. */
export function clientFailure(value: PropertyValue | undefined, environment: Environment): string | undefined {
  const given = givenSettings(value);
  if (given === undefined) return 'is no object of "burst", "qps" and "timeout"';
  const unknown = Object.keys(given).find((key) => !keys.some((known) => known === key));
  if (unknown !== undefined) return `has no ${JSON.stringify(unknown)}: it has "burst", "qps" and "timeout"`;
  const settings = readClientSettings(value, environment);
  const wrong = keys.find((key) => !(settings[key] >= 0) || !Number.isFinite(settings[key]));
  return wrong === undefined ? undefined : `needs a number of 0 or more for "${wrong}"`;
}

function givenSettings(value: PropertyValue | undefined): PropertyMap | undefined {
  const clear = withoutSecrets(value ?? null);
  if (clear instanceof Unknown || clear === null || clear === "") return {};
  if (typeof clear !== "string") return isMap(clear) ? clear : undefined;
  try {
    const parsed = JSON.parse(clear) as PropertyValue;
    return isMap(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

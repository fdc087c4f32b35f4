import { at, leaves, list, mapping, shown, text } from "../objects/json";
import { hostOf, isLocalHost, urlsOf } from "../objects/urls";
import { helmValues } from "../resource";
import type { Context, ResourceRule } from "../rule";
import { violation } from "../violation";

export const localAlertReceiver: ResourceRule = {
  name: "local-alert-receiver",
  area: "offline",
  scope: "resource",
  description: "Alerts reach somebody on the site while the link is down.",
  why: "Alertmanager keeps no queue: an alert whose only receiver is across the link is lost when it matters most.",
  fix: "Let the root route go to a receiver on the site, such as its own webhook or mail relay.",
  level: "mandatory",
  check: (resource, context) => {
    const alertmanager = at(helmValues(resource)?.values, "alertmanager");
    const config = at(alertmanager, "config");
    if (config === undefined || at(alertmanager, "enabled") === false) return [];
    const receiver = text(at(config, "route", "receiver"));
    const found = list(at(config, "receivers")).find((item) => at(item, "name") === receiver);
    if (found !== undefined && reachesSite(found, context)) return [];
    return [
      violation(resource, {
        field: "values.alertmanager.config.route.receiver",
        value: shown(receiver),
        limit: "it is a receiver with an address on the site",
      }),
    ];
  },
};

function reachesSite(receiver: unknown, context: Context): boolean {
  const smarthosts = [...leaves(mapping(receiver))].flatMap(([path, value]) =>
    path.at(-1) === "smarthost" && typeof value === "string" ? [hostOf(value)] : [],
  );
  return [...urlsOf(receiver).map(({ host }) => host), ...smarthosts].some((host) => isLocalHost(host, context));
}

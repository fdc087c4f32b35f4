import { at, list, mapping } from "../objects/json";
import { helmValues, objectOf } from "../resource";
import type { StackRule } from "../rule";
import { fromSite, violation, violationOf } from "../violation";

export const siteHasBackup: StackRule = {
  name: "site-has-backup",
  area: "fleet",
  scope: "stack",
  description: "Every site is backed up by a schedule, to a place on the site.",
  why: "A site whose disk fails while the link is down has nothing else to come back from.",
  fix: "Turn Velero on with a schedule and a storage location on the site.",
  level: "mandatory",
  check: (resources, { site }) => {
    // Backups come by Git; nothing is said where that is not known.
    if (site === undefined || !resources.some(({ origin }) => origin === "git")) return [];
    const velero = resources.find((resource) => helmValues(resource)?.service === "velero");
    const schedules = resources.filter((resource) => objectOf(resource, "velero.io", "Schedule") !== undefined);
    if (velero === undefined) {
      if (schedules.length > 0) return [];
      const limit = "a site has Velero with a schedule";
      return [
        violationOf(`Site ${site.name}`, { field: "backup", value: "missing", limit, from: fromSite("profile") }),
      ];
    }
    const values = helmValues(velero)?.values;
    const refuse = (field: string, limit: string) => violation(velero, { field, value: "missing", limit });
    const enabled = Object.values(mapping(at(values, "schedules"))).some(
      (schedule) => at(schedule, "disabled") !== true,
    );
    return [
      ...(enabled || schedules.length > 0
        ? []
        : [refuse("values.schedules", "there is a schedule that is not disabled")]),
      ...(list(at(values, "configuration", "backupStorageLocation")).length > 0
        ? []
        : [refuse("values.configuration.backupStorageLocation", "there is a place that backups go to")]),
    ];
  },
};

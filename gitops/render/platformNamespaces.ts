import { flux } from "../../components/flux/address";
import { gitea } from "../../components/gitea/address";
import { dex } from "../../components/identity/address";
import { ingestion } from "../../components/ingestion/address";
import { reporter } from "../../components/reporter/address";

/**
 * Namespaces of the platform, whose pods the release itself answers for. Admission never judges them: what charts and
 * operators make there by their own defaults is seen by no check before it is there, and a site that refuses its own
 * platform, with nobody near, stays down.
 */
export const platformNamespaces: readonly string[] = [
  "cert-manager",
  dex.namespace,
  flux.namespace,
  gitea.namespace,
  "grafana",
  ingestion.namespace,
  "kube-system",
  "kyverno",
  "local-path-storage",
  "log-collector",
  "loki",
  "monitoring",
  "s3-gateway",
  reporter.namespace,
  "strimzi",
  "velero",
].sort();

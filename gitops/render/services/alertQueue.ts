/** Where Alertmanager puts what has to reach the hub later: the log collector keeps it on disk until it has. */
export const alertQueue = {
  namespace: "log-collector",
  name: "log-collector",
  port: 8080,
  url: "http://log-collector.log-collector.svc.cluster.local:8080/alerts",
} as const;

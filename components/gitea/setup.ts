import { gitea } from "./address";

/** Folder of the accounts' passwords, in the pod; one file an account. */
export const accountsDirectory = "/etc/gitea-accounts";

/**
 * Shell that prepares the volume before Gitea starts: configuration, database, and the accounts with the passwords
 * that the stack holds. It may run any number of times. Gitea takes a password only as an argument; the command runs
 * in the pod's own process namespace, where nothing else is.
 */
export const setupScript = [
  "set -eu",
  "cp /etc/gitea-config/* /etc/gitea/",
  "gitea migrate",
  "account() {",
  "  if gitea admin user list | awk 'NR > 1 { print $2 }' | grep -qxF \"$1\"; then",
  '    gitea admin user change-password --username "$1" --password "$2" --must-change-password=false',
  "  else",
  '    gitea admin user create --username "$1" --email "$1@localhost.invalid" --password "$2" --must-change-password=false $3',
  "  fi",
  "}",
  account(gitea.administrator, "--admin"),
  account(gitea.reader, "--restricted"),
  account(gitea.writer, "--restricted"),
].join("\n");

function account(name: string, kind: "--admin" | "--restricted"): string {
  return `account ${name} "$(cat ${accountsDirectory}/${name})" ${kind}`;
}

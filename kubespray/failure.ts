/** What people do about each kind of failure. */
export const failureTexts = {
  "EDGE-KUBESPRAY-001": "Set it for the driver, then run the site again",
  "EDGE-KUBESPRAY-002": "Let EDGEWAVE_KUBESPRAY name a checkout, a Git mirror or a bundle that has the tag",
  "EDGE-KUBESPRAY-003":
    "Use the tag as Kubespray published it, or name the commit of your own in EDGEWAVE_KUBESPRAY_COMMIT",
  "EDGE-KUBESPRAY-004":
    "Name a Python from 3.11 to 3.13 in EDGEWAVE_PYTHON and, without a package index, a folder of wheels in EDGEWAVE_WHEELHOUSE",
  "EDGE-KUBESPRAY-005": "Correct what it says at the host, then run the site again: it resumes at this step",
  "EDGE-KUBESPRAY-006": "Change the site's file or its release, then run it again",
  "EDGE-KUBESPRAY-007":
    "Find out why the host has another key. If it was set up anew, write its new key into the site's file or known_hosts",
  "EDGE-KUBESPRAY-008": "Let the account there accept the key of EDGEWAVE_SSH_KEY_FILE",
  "EDGE-KUBESPRAY-009": "Look at the host that the log ends with, then run the site again: it resumes at this step",
  "EDGE-KUBESPRAY-010": "Say so: edgewave site destroy SITE --nodes keep or --nodes reset",
  "EDGE-KUBESPRAY-011": "Look at /etc/kubernetes/admin.conf of the first control plane",
  "EDGE-KUBESPRAY-012": "Wait until it has ended, then run the site again",
  "EDGE-KUBESPRAY-013": "Run the site with the edgewave that its stack was made by",
} as const;
export type FailureCode = keyof typeof failureTexts;

/** Kubespray could not be run, or failed; the message is for people and holds no secrets. */
export class KubesprayFailed extends Error {
  override readonly name = "KubesprayFailed";

  constructor(
    readonly code: FailureCode,
    readonly what: string,
    options?: ErrorOptions & { readonly hint?: string },
  ) {
    const hint = options?.hint ?? failureTexts[code];
    const told = what.trim().replace(/\.$/, "");
    // What a host says may have many lines; the way out stands by itself below them.
    super(told.includes("\n") ? `${code} ${told}\n${hint}.` : `${code} ${told}. ${hint}.`, options);
  }
}

/** Nobody answers at the bastion: the site has no link. The words are those that the driver knows a missing link by. */
export class BastionUnreachable extends Error {
  override readonly name = "BastionUnreachable";

  constructor(login: string, tries: number, why: string) {
    super(`${login} cannot be reached by SSH after ${tries} tries: ${why}`);
  }
}

/** The run was asked to stop. */
export class RunStopped extends Error {
  override readonly name = "RunStopped";
}

import path from "node:path";

/** What belongs to a tag of Kubespray. */
export interface KubesprayRelease {
  readonly tag: string;
  /** The commit that the tag named when it was pinned here; a tag can be moved, a commit cannot. */
  readonly commit: string;
  /** Range that the playbooks assert (playbooks/ansible_version.yml); the upper end is not in it. */
  readonly ansibleCore: { readonly min: string; readonly below: string };
  /** File with what `requirements.txt` of the tag asks for, every package with its hashes. */
  readonly requirements: string;
}

const requirements = (tag: string) => path.join(__dirname, "python", "requirements", `${tag}.txt`);

// Read in kubernetes-sigs/kubespray at each tag: git rev-parse TAG^{commit}, playbooks/ansible_version.yml.
export const kubesprayReleases: readonly KubesprayRelease[] = [
  {
    tag: "v2.30.0",
    commit: "f4ccdb5e72395eaf9f3444056ebd1a6625ddb89a",
    ansibleCore: { min: "2.17.3", below: "2.18.0" },
    requirements: requirements("v2.30.0"),
  },
  {
    tag: "v2.31.0",
    commit: "1c9add48975060f45396b34d8e022c30d7f80dab",
    ansibleCore: { min: "2.18.0", below: "2.19.0" },
    requirements: requirements("v2.31.0"),
  },
];

export function kubesprayRelease(tag: string): KubesprayRelease | undefined {
  return kubesprayReleases.find((release) => release.tag === tag);
}

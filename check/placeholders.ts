/**
 * Stand for what a run has and a check has not: the key that signs releases (made by the first run, and never absent in
 * one) and the cluster that is asked. They decide nothing that a rule looks at.
 */
export const placeholderSigner = `ssh-ed25519 ${Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0 " + "\0".repeat(32), "latin1").toString("base64")} check`;

export const placeholderKubeconfig = `apiVersion: v1
kind: Config
current-context: check
clusters: [{ name: check, cluster: { server: "https://127.0.0.1:6443" } }]
contexts: [{ name: check, context: { cluster: check, user: check } }]
users: [{ name: check, user: {} }]
`;

import { TestAuthority } from "../support/certificates";

/** An /etc/kubernetes/admin.conf as kubeadm writes it, with certificates of its own. */
export function adminConf(): string {
  const authority = new TestAuthority();
  const { cert, key } = authority.issue({ commonName: "kubernetes-admin" });
  const data = (text: string) => Buffer.from(text).toString("base64");
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${data(authority.cert)}
    server: https://127.0.0.1:6443
  name: cluster.local
contexts:
- context:
    cluster: cluster.local
    user: kubernetes-admin
  name: kubernetes-admin@cluster.local
current-context: kubernetes-admin@cluster.local
kind: Config
preferences: {}
users:
- name: kubernetes-admin
  user:
    client-certificate-data: ${data(cert)}
    client-key-data: ${data(key)}
`;
}

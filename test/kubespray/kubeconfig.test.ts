import { expect } from "chai";
import { KubesprayFailed } from "../../kubespray/failure";
import { driverKubeconfig } from "../../kubespray/kubeconfig";
import { kubeconfigOf } from "../../components/kubespray/kubeconfig";
import { aSpecification } from "../components/kubespray/day2/model";
import { adminConf } from "./adminConf";

const admin = adminConf();
const hex = "0".repeat(64);
const digests = { imagePath: hex, mirrors: hex, controlPlane: hex, variables: hex, preparation: hex };
const answer = (kubeconfig: string) => JSON.stringify({ format: 1, applied: aSpecification({ digests }), kubeconfig });

describe("the kubeconfig of a field site", () => {
  it("has the address that nodes use, and says when its certificate runs out", () => {
    const { text, expires } = driverKubeconfig(admin, "porto", "10.1.0.5");
    const config = JSON.parse(text) as { clusters: { cluster: { server: string } }[] };
    expect(config.clusters[0]?.cluster.server).to.equal("https://10.1.0.5:6443");
    expect(Date.parse(expires)).to.be.above(Date.now());
  });

  it("goes through a proxy for the driver, and not for anybody else", () => {
    const { text } = driverKubeconfig(admin, "porto", "10.1.0.5");
    expect(kubeconfigOf(answer(text), undefined)).to.equal(text);
    const proxied = JSON.parse(kubeconfigOf(answer(text), "socks5://127.0.0.1:1080")) as typeof text & {
      clusters: { cluster: object }[];
    };
    expect(proxied.clusters[0]?.cluster).to.include({ "proxy-url": "socks5://127.0.0.1:1080" });
  });

  it("takes certificates and a key of what the site has, and nothing that would be run or read here", () => {
    const evil = admin.replace("    client-key-data", "    exec: { command: /bin/evil }\n    client-key-data");
    expect(driverKubeconfig(evil, "porto", "10.1.0.5").text).not.to.contain("evil");
  });

  const bad: readonly (readonly [string, string])[] = [
    ["is no YAML", "a: [\n"],
    ["has no user", admin.replace(/users:[\s\S]*/, "users: []\n")],
    ["has a key in a file", admin.replace(/client-key-data: \S+/, "client-key: /etc/passwd")],
    ["has two clusters", admin.replace("contexts:", "- cluster: {}\n  name: b\ncontexts:")],
    ["holds no certificate", admin.replace(/client-certificate-data: \S+/, "client-certificate-data: aGVsbG8=")],
  ];
  for (const [title, text] of bad) {
    it(`is refused if the site's ${title}, without quoting it`, () => {
      try {
        driverKubeconfig(text, "porto", "10.1.0.5");
      } catch (error) {
        expect(error).to.be.instanceOf(KubesprayFailed);
        expect((error as Error).message)
          .to.match(/^EDGE-KUBESPRAY-011 /)
          .and.not.match(/[A-Za-z0-9+/]{60}/);
        return;
      }
      expect.fail("nothing was thrown");
    });
  }

  it("is not quoted where the runner's answer cannot be read", () => {
    expect(() => kubeconfigOf('{"kubeconfig": "secret"}', undefined)).to.throw(/^the Kubespray runner gave no answer/);
  });
});

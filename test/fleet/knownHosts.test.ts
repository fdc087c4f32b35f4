import { expect } from "chai";
import { keysOf, readKnownHosts } from "../../fleet/knownHosts";

const one = `ssh-ed25519 ${"A".repeat(68)}`;
const two = `ecdsa-sha2-nistp256 ${"B".repeat(140)}=`;

describe("known_hosts beside a fleet", () => {
  it("gives keys by address and by name, for the port that is used", () => {
    const { hosts, problems } = readKnownHosts(
      ["# bastions", "", `10.1.0.2,bastion.porto.example ${one} someone@hub`, `[10.1.0.11]:2222 ${two}`, ""].join(
        "\r\n",
      ),
    );
    expect(problems).to.deep.equal([]);
    expect(keysOf(hosts, ["10.1.0.2", "bastion.porto.example"], 22)).to.deep.equal([one]);
    expect(keysOf(hosts, ["10.1.0.11"], 2222)).to.deep.equal([two]);
    expect(keysOf(hosts, ["10.1.0.11"], 22)).to.deep.equal([]);
  });

  it("is told of by line where nobody could rely on it", () => {
    const { problems } = readKnownHosts(
      [
        `|1|c2FsdA==|aGFzaA== ${one}`,
        `*.example ${one}`,
        `@cert-authority *.example ${one}`,
        "10.1.0.2 rsa 1234",
        "x",
      ].join("\n"),
    );
    expect(problems.map(({ code, line, message }) => `${code} ${line} ${message}`)).to.deep.equal([
      "EDGE-FILE-005 1 the host's name is hashed, so nobody can tell whose key it is",
      "EDGE-FILE-005 2 a pattern stands for hosts that nobody named",
      "EDGE-FILE-005 3 @cert-authority is not read",
      "EDGE-FILE-005 4 this is no host key",
      "EDGE-FILE-005 5 this is no host key",
    ]);
  });
});
